"""Findings of one kind in one row: ``12 KPIs have no target``, which opens into its cells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from qmsbook.rules import rule_of
from qmsbook.rules.rule import Finding, Severity
from qmsbook.rules.topics import TOPIC_OF, Topic

_SUBJECTS = {
    "goal": "goals", "objective": "objectives", "KPI": "KPIs", "reading": "readings", "action": "actions",
    "threat": "threats", "risk": "risks", "idea": "ideas", "decision": "decisions", "review": "reviews",
    "person": "people", "process": "processes", "owner": "owners", "row": "rows", "cell": "cells",
    "waiver": "waivers", "number": "numbers", "date": "dates", "word": "words", "table": "tables",
    "period": "periods", "value": "values", "header": "headers", "setting": "settings", "text": "texts",
    "formula": "formulas", "theme": "themes", "core process": "core processes", "ratio": "ratios",
    "closed review": "closed reviews", "numerator": "numerators", "planned value": "planned values",
    "unanswered idea": "unanswered ideas", "strategic theme": "strategic themes",
}  # fmt: skip
_VERBS = {"has": "have", "is": "are", "was": "were", "does": "do", "touches": "touch"}
_ALONE = frozenset(
    {"serves", "drives", "hangs", "names", "supports", "stays", "holds", "shows", "lacks", "counts", "says"}
    | {"looks", "stands", "covers", "reads", "ends", "lies", "belongs", "means", "comes", "rests", "needs"}
    | {"starts", "begins", "gives"}
)
_SAME = frozenset({"can", "cannot", "may", "led", "started", "ended"})
_PLAIN = re.compile(rf"An? (?P<subject>{'|'.join(_SUBJECTS)}) (?P<verb>[a-z]+) (?P<rest>.+)\Z")


#: So many different replacements are said in one row: write done for "Closed", open for "WIP".
_MOST_FIXES, _REPLACE = 5, re.compile(r'Write [\w ]+ for ".*"\.\Z')


@dataclass(frozen=True, slots=True)
class Folded:
    """Findings that are one row, the worst first, of one code or topic; a single one speaks for itself."""

    findings: tuple[Finding, ...]
    message: str

    @property
    def first(self) -> Finding:
        return self.findings[0]

    @property
    def count(self) -> int:
        return len(self.findings)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of its findings, each once, that of the worst first."""
        return tuple(dict.fromkeys(finding.code for finding in self.findings))

    @property
    def code(self) -> str:
        """The code as a row shows it: ``OBJ002 +3`` where others are folded in."""
        return self.first.code + (f" +{len(self.codes) - 1}" if len(self.codes) > 1 else "")

    @property
    def fix(self) -> str:
        """What to do: the findings' own words if they agree or are few replacements, else the rule's."""
        fixes = dict.fromkeys(finding.fix for finding in self.findings)
        known = rule_of(self.first.code)
        if len(self.codes) > 1:
            return TOPIC_OF[self.first.code].fix
        if 1 < len(fixes) <= _MOST_FIXES and all(_REPLACE.match(fix) for fix in fixes):
            return " ".join(fixes)
        return self.first.fix if len(fixes) == 1 or known is None else known.fix

    @property
    def owners(self) -> tuple[str, ...]:
        """Who can mend them, each once."""
        return tuple(dict.fromkeys(f.owner for f in self.findings if f.owner))


def fold(findings: Sequence[Finding]) -> list[Folded]:
    """The findings that are not waived, worst first: those of one code together, or those of one topic.

    Errors are never folded with another code: each says what cannot be trusted.
    """
    groups: dict[tuple[str, bool], list[Finding]] = {}
    for finding in findings:
        if not finding.waived:
            error = finding.severity is Severity.ERROR
            topic = None if error else TOPIC_OF.get(finding.code)
            groups.setdefault((topic.title if topic else finding.code, error), []).append(finding)
    return [Folded(tuple(found), _message(found)) for found in groups.values()]


#: In stage start no more rows than this are shown at once; the last one opens into all the others.
FIRST_ROWS = 10


def bearable(groups: Sequence[Folded], stage: str) -> tuple[Sequence[Folded], Sequence[Folded]]:
    """The rows to show at once, and those that one last row opens into: a first check is not to frighten."""
    if stage != "start" or len(groups) <= FIRST_ROWS:
        return groups, ()
    return groups[: FIRST_ROWS - 1], groups[FIRST_ROWS - 1 :]


def rest_of(groups: Sequence[Folded]) -> str:
    """What the last row says of the others."""
    places = sum(group.count for group in groups)
    return (
        f"And {len(groups)} more kinds of finding, in {places:,} places. "
        "Mend those above first; some of these go with them."
    )


def _message(findings: Sequence[Finding]) -> str:
    known = rule_of(findings[0].code)
    if len(findings) == 1:
        return findings[0].message
    if len({finding.code for finding in findings}) > 1:
        return _of_topic(TOPIC_OF[findings[0].code], findings)
    if known is None:  # a rule of the company's own
        return f"In {len(findings):,} places: {findings[0].message}"
    return many(known.title, len(findings))


def _of_topic(topic: Topic, findings: Sequence[Finding]) -> str:
    """``Actions with something left open: overdue (3), owner (1).``, in the order of the findings."""
    counts = Counter(finding.code for finding in findings)
    return f"{topic.title}: {', '.join(f'{topic.parts[code]} ({n})' for code, n in counts.items())}."


def many(title: str, count: int) -> str:
    """A rule's title said of several things; where grammar gets in the way, the title with a count.

    >>> many("A KPI has no target.", 12), many("A core process serves no goal.", 2)
    ('12 KPIs have no target.', '2 core processes serve no goal.')
    >>> many("A KPI's target is the value it started from.", 3)
    "In 3 places: A KPI's target is the value it started from."
    """
    match = _PLAIN.match(title)
    verb = _verb(match["verb"]) if match else ""
    if not match or not verb or match["rest"].startswith("named "):
        return f"In {count:,} places: {title}"
    return f"{count:,} {_SUBJECTS[match['subject']]} {verb} {_theirs(match['rest'])}"


def _verb(word: str) -> str:
    """A verb as several things do it; blank for one that is not known."""
    return _VERBS.get(word) or (word[:-1] if word in _ALONE else word if word in _SAME else "")


def _theirs(rest: str) -> str:
    """What follows the verb, said of several things.

    >>> _theirs("not say where it comes from."), _theirs("no day for it."), _theirs("open and has a day.")
    ('not say where they come from.', 'no day for them.', 'open and have a day.')
    """
    rest = re.sub(r"\bit\b(?=[.,;])", "them", rest)
    rest = re.sub(r"\bit ([a-z]+)", lambda m: f"they {_verb(m[1]) or m[1]}", rest)
    rest = re.sub(r"\b(and|or) (has|is|was)\b", lambda m: f"{m[1]} {_VERBS[m[2]]}", rest)
    return rest.replace("itself", "themselves").replace(" its ", " their ")
