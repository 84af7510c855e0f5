"""Whether a statement counts compliance activity or a result of the business, told by its words.

Read in this order; the first that speaks decides:

1. An *effect* that is named with its figure is what counts: training so that weld repairs fall to 2 %.
2. What *opens* with a looking verb (review, record, assess, train, hold a meeting ...) is activity,
   whatever it looks at.
3. What *reaches a customer*, on time or right, is a result, whatever it is called: certificates delivered
   within 5 days are what a laboratory sells. So are *times, ratings and scores* of what somebody waits for or
   lives through: days from request to answer, stars, answered within 15 minutes, what comes back.
4. The *matter itself*, the last noun before the first preposition, decides between a report on complaints and
   complaints in reports: results (money, customers, delivery, waste, injuries, people who stay) or activities
   (audits, documents, certificates, sessions, workshops, events, programs, reports, plans, checks).
5. *Held, recorded, registered, assessed, inspected ...* behind a matter of no known sort is activity.
6. Else any word of result in it makes it one, then any word of activity makes it activity.

What names neither is taken for a result: a rule that is in doubt stays silent.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Literal, TypeAlias

from qmsbook.rules.vocabulary import base, nouns, participles, phrase_at, tokens, verbs

Kind: TypeAlias = Literal["output", "outcome"]

_TIME = r"(?:second|minute|hour|day|week|month|year)s?"
_COUNT = r"(?:\d[\d.,]*|an?|one|two|three|four|five|six|seven|eight|nine|ten|\w+teen|\w+ty)"
_SPAN = rf"(?:{_COUNT} )?(?:business |working |calendar )?{_TIME}"
_ASKED = (
    r"(?:request|receipt|receiving|application|submission|submittal|call|report|complaint|inquiry|order|referral"
    r"|arrival|discovery|notification|being|intake|dispatch|purchase|need)"
)
_AFTER_ASKED = rf"within {_SPAN} (?:of|from|after) (?:the |an? |their |its |\w+ )?{_ASKED}\b"
_WHO = r"(?:who|that|which) (?:renew|return|buy|order|reorder|stay|leave|find work)"
#: What somebody waits for or lives through.
_MEASURED = (
    # how long it takes
    r"(?:average|avg|mean|median|typical|maximum|longest) (?:number of )?"
    rf"(?:business |working |calendar |total )?(?:{_TIME}|time|turnaround|age)\b(?! of)",
    r"(?:hours?|days?|minutes?|weeks?) (?:from|between|until|it takes|taken|waited|late|ahead|behind|lost)\b",
    r"(?:hours?|days?|minutes?|weeks?) (?:without|to (?!\d|one|two|three|half))\w",
    r"(?<!on )time (?:to|from|between|until|taken)\b(?! \d)",
    rf"within {_COUNT} (?:second|minute)s?\b",
    _AFTER_ASKED,
    # what people say of it
    r"(?<!risk )rat(?:ed|ing|ings)\b(?! matri)", r"(?:dis)?satisfied\b", r"recommend\b", r"stars?\b",
    r"out of (?:5|five|10|ten)\b", r"feel(?:ing)? safe",
    # what comes back, or never had to
    r"repeat (?!the|all|every|train|cours)", r"recurr", r"(?:came|comes?|coming) back\b",
    r"(?:on|at|in|upon) (?:the )?first (?:review|inspection|submi|try|attempt|check|visit|time|pass|call)",
    r"right first time\b", r"first time right\b", r"found wrong\b", r"out of (?:tolerance|spec)",
    r"(?:sold|invoiced|billed)\b",
    r"(?:defect|error) free\b", r"(?:with|containing) (?:no |zero )?(?:errors?|defects?|mistakes?)\b", _WHO,
)  # fmt: skip
#: What somebody outside asked for comes when it should.
_IN_TIME = (
    rf"(?:within|in under|in less than|under) (?:\w+ )?{_SPAN}\b",
    r"(?:on time|same day|next (?:business |working )?day|by the promised)\b",
)
_FAST = (rf"within {_COUNT} hours?\b", r"per (?:\w+ )?(?:hour|shift)\b")
_PROMISED = (_WHO, r"in an average of\b", _AFTER_ASKED)
#: That a paper is there, or that our own people took part.
_IN_ORDER = (
    r"(?:with|having|have|has|holding) (?:an? |the )?(?:\w+ )?"
    r"(?:completed?|signed|approved|current|documented|valid|updated|written|assigned|up to date)\b",
    r"(?:is|are) (?:current|valid|up to date|signed|documented|calibrated|on file|in place|displayed)\b",
    r"(?:employee|staff|worker|workforce|operator|officer|manager|supervisor|personnel|volunteer|nurse"
    r"|contractor|supplier|member)s? (?:(?:who|that) )?(?:(?:complet|attend|receiv|tak)(?:ing|ed)|passed)\b",
)
#: A laboratory's certificate, or a consultant's report, is what it sells.
_WHOM = r"(?:(?:the|our|its|all|every|each) )?(?:customer|client|patient|buyer|guest)s?\b"
_CUSTOMERS = rf"(?:to|by|with|for) {_WHOM}"
_HANDED_OVER = r"(?:delivered|released|handed over|shipped|dispatched|accepted)\b"
_SENT = r"(?:sent|issued|reported|provided|submitted|delivered|deliver|send|issue|released|handed|accepted)\b"
_AS_AGREED = (
    *_IN_TIME,
    r"on schedule\b",
    r"on budget\b",
    r"as agreed\b",
    r"complete\b",
    r"correct(?:ly)?\b",
    r"without (?:rework|errors?|corrections?|complaints?|changes?)\b",
    r"by (?:the |its |their )?(?:agreed|promised|due|contract) (?:date|day)\b",
)
#: What a laboratory or a consultant hands over, and what is right or promised whoever asks.
_PRODUCT = (
    r"(?:lab|laboratory|test|calibration|inspection) (?:reports?|results?|certificates?)\b",
    r"(?:certificates?|translations?|expert opinions?)\b",
)
_FILED = (r"filed\b", r"renewed\b", r"kept\b")
_PROMISED_DAY = (
    r"(?:on|by) the (?:promised|agreed) (?:day|date)\b",
    r"(?:(?:reports?|calibrations?|tests?|analys[ei]s) (?:(?!filed|kept|renewed)\w+ ){0,3}?"
    r"|tax returns? (?:\w+ ){0,3}?)"
    rf"(?:within {_SPAN}|on time|in time|by \d+ ?[ap]m)\b",
    r"(?:certificate|report|invoice|drawing|translation)s? (?:\w+ )?(?:corrected|reissued|wrong)\b",
    r"(?:report|certificate|document|drawing)s? (?:\w+ )?without (?:any )?(?:error|correction|rework)s?\b",
    r"sold\b",
)
#: What stays in the house, or trains people, reaches no customer by being delivered.
_INSIDE = (
    r"(?:internal|in house|management|staff|employee|team|board|department|supplier|corrective"
    r"|8d|ncr|capa|near miss|incident|accident|safety|nonconformity|monthly|weekly|quarterly|annual|drill"
    r"|drug|alarm|penetration)s?\b",
    r"(?:training|session|workshop|course|seminar|talk|program|lesson)s?\b",
)
#: A figure that is no year.
_FIGURE = (
    r"(?<!\.)(?!(?:19|20)\d\d\b)\d",
    r"(?:half|zero|one third|a third|a quarter|double|two thirds|twice as)\b",
    r"by (?:one|two|three|four|five|six|seven|eight|nine|ten)\b",
)
_BETTER = (
    "(?:reduce|cut|lower|shorten|halve|raise|increase|improve|double|grow|save|bring|lift|prevent|eliminate)"
)
_EFFECT = (
    r"so that\b",
    r"such that\b",
    rf"(?:that|which) {_BETTER}s?\b",
    rf"(?:to|and|in order to) {_BETTER}\b",
)
_TO_A_TIME = (
    rf"(?:to|under|below|from|by) (?:under |at most |less than |fewer than )?{_COUNT} (?:\w+ )?{_TIME}\b",
    rf"^\w+ (?:the |our )?(?:average )?{_TIME} (?!of)",
)
_AT_A_BEAT = (
    r"(?:daily|weekly|monthly|quarterly|annually|yearly|regularly)\b",
    r"(?:every|each) (?:\w+ )?(?:day|week|month|quarter|year|shift|months)\b",
    r"(?:once|twice|two times|three times|four times) (?:a|per|each) \w",
)


_NONE = frozenset({"zero", "no", "fewer", "less", "under"})
_LEADING = frozenset({"to", "we", "will", "must", "ensure", "that"})


@cache
def _any(patterns: tuple[str, ...]) -> re.Pattern[str]:
    # one boundary in front of all is tried far faster than one in each
    return re.compile(r"\b(?:" + "|".join(patterns) + ")")


@lru_cache(maxsize=8192)
def kind_of(statement: str) -> Kind:
    """``output`` if a statement counts compliance activity, else ``outcome``.

    >>> kind_of("Complete 12 internal audits"), kind_of("Grow revenue of our audit firm by 12 %")
    ('output', 'outcome')
    >>> kind_of("Training that cuts rework"), kind_of("Repeat audit findings"), kind_of("On-time delivery")
    ('outcome', 'outcome', 'outcome')
    >>> kind_of("Complaint trend reports issued"), kind_of("Average days for a permit review down to 10")
    ('output', 'outcome')
    """
    raw = tokens(statement)
    words, text = [base(word) for word in raw], " ".join(raw)
    if _names_an_effect(words, text):
        return "outcome"
    verb, begins = _opening(raw, words, text)
    if verb == "looking":
        promised = _any(_PROMISED).search(text) or (begins < len(raw) and raw[begins] in _NONE)
        return "outcome" if promised else "output"
    return _by_matter(verb, words[begins:], text)


def counts_activity(statement: str) -> bool:
    """Whether a statement counts compliance activity and names no result."""
    return kind_of(statement) == "output"


def _names_an_effect(words: list[str], text: str) -> bool:
    """Whether an effect is named behind what is done: always after `that`, else with its figure."""
    found = _any(_EFFECT).search(text, 1)
    if not found:
        return False
    rest = text[found.end() :]
    named = _sorts([base(word) for word in rest.split()]) & {"result", "time"}
    return bool(named) and (found[0].startswith(("that", "which")) or bool(_any(_FIGURE).search(rest)))


def _opening(raw: list[str], words: list[str], text: str) -> tuple[str, int]:
    """The sort of the verb that a statement opens with ("" for none), and where what follows begins."""
    at = 0
    while at < len(words) and words[at] in _LEADING:
        at += 1
    sort, length = phrase_at(words, at, verbs())
    after = at + length
    if not sort or raw[at] != words[at] or after >= len(words):
        return "", at
    if sort == "looking_or_noun":
        first, _ = phrase_at(words, after, nouns())
        plain_plural = not first and raw[after] != words[after]
        an_object = first == "filler" or raw[after][0].isdecimal() or plain_plural
        return ("looking", after) if an_object or _any(_AT_A_BEAT).search(text) else ("", at)
    return sort, after


def _by_matter(verb: str, words: list[str], text: str) -> Kind:
    """The kind of what does not open with a looking verb."""
    matter, behind = _matter(words)
    activity = matter in ("activity", "weak")
    if verb in ("setting", "setting_anything") and activity:
        return "output"
    if _reaches_a_customer(text):
        return "outcome"
    if (behind == "result_looked_at" and matter == "result") or _any(_IN_ORDER).search(text):
        return "output"
    if _any(_MEASURED).search(text) or (verb == "down" and _any(_TO_A_TIME).search(text)):
        return "outcome"
    if matter == "result" or (verb == "winning" and matter != "activity"):
        return "outcome"
    if activity or verb == "setting_anything" or (verb == "setting" and _is_one_thing(words, text)):
        return "output"
    if matter == "service" and behind:
        return "outcome" if _any(_IN_TIME).search(text) else "output"
    if behind in ("looked_at", "result_looked_at"):
        return "outcome" if _any(_FAST).search(text) else "output"
    sorts = _sorts(_without(words))
    return "output" if "result" not in sorts and "activity" in sorts else "outcome"


def _reaches_a_customer(text: str) -> bool:
    """Whether something is handed to a customer, on time or right, whatever it is called."""
    promised, agreed = _any(_PROMISED_DAY).search(text), _any(_AS_AGREED).search(text)
    if not promised and not agreed:
        return False
    if not _any(_INSIDE).search(text):
        sold = _any(_PRODUCT).search(text) and not _any(_FILED).search(text)
        if promised or sold or re.search(rf"\b{_HANDED_OVER}", text):
            return True
    to_whom = (rf"\bfor {_WHOM}", rf"\b{_SENT}.*\b{_CUSTOMERS}", rf"\b{_CUSTOMERS}.*\b{_SENT}")
    return bool(agreed) and any(re.search(rule, text) for rule in to_whom)


def _is_one_thing(words: list[str], text: str) -> bool:
    """Whether one thing without a figure is set up: a database, an app."""
    return words[0] in ("a", "an", "the") and not _any(_FIGURE).search(text)


def _without(words: list[str]) -> list[str]:
    """The words before `without`: what is not done counts for nothing."""
    return words[: words.index("without")] if "without" in words else words


def _sorts(words: list[str]) -> set[str]:
    """The sorts of the phrases in a text."""
    found, at = set(), 0
    while at < len(words):
        sort, length = phrase_at(words, at, nouns())
        at += length
        found.add(sort)
    return found


def _matter(words: list[str]) -> tuple[str, str]:
    """The sort of a statement's matter, and that of the participle behind it; "" where there is none."""
    at, seen = 0, list[str]()
    while at < len(words):
        behind, _ = phrase_at(words, at, participles())
        if behind and seen and seen != ["measure"] * len(seen):
            return _head(seen), behind
        sort, length = phrase_at(words, at, nouns())
        if sort == "stop" or not words[at].isalnum():
            if not _only_measures(seen, words[at]):
                return _head(seen), _first_participle(words[at:])
        elif sort != "filler" and (sort or not words[at][0].isdecimal()):
            seen.append(sort)
        at += length
    return _head(seen), ""


def _only_measures(seen: list[str], stop: str) -> bool:
    """Whether nothing was named yet, so that the matter comes behind the stop: number of, hours of."""
    return all(
        sort == "measure" or (sort in ("time", "weak") and stop in ("of", "with", "to", "in"))
        for sort in seen
    )


def _first_participle(words: list[str]) -> str:
    found = (phrase_at(words, at, participles())[0] for at in range(1, len(words)))
    return next((sort for sort in found if sort), "")


def _head(seen: list[str]) -> str:
    """The sort of the last noun that says what, of those before the first stop."""
    left = list(seen)
    while left and left[-1] in ("measure", "time") and len(left) > 1:
        left.pop()
    if not left:
        return ""
    if left[-1] == "weak":
        return next((sort for sort in ("result", "activity") if sort in left), "weak")
    return left[-1]
