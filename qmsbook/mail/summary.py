"""The review in a screenful: where the plan stands, what is off track, what to decide, who owes what."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from qmsbook.book.tables import Action
from qmsbook.book.words import plural
from qmsbook.mail.letter import Item, Letter, Listing, Paragraph, Part, Tally, first_of
from qmsbook.methods.method import AT_RISK, LEVELS, OFF_TRACK, ON_TRACK
from qmsbook.sections.chart_data import beside_plan
from qmsbook.sections.section import Evidence, Points, Standing
from qmsbook.sections.summary import what_is_asked
from qmsbook.sections.wording import (
    actual_said,
    all_named,
    off_standings,
    open_on,
    plan_words,
    short_day,
    why_listed,
)

#: More lines than this, and the mail is no summary any more; of what is off track a few more fit.
_MOST, _MOST_OFF = 5, 8
#: Actions due within so many days are somebody's next work.
_SOON = timedelta(days=45)
_LONGEST = 72


def review_letter(
    evidence: Evidence, stamp: str, attached: Sequence[str] = (), as_closed: bool = False
) -> Letter:
    """The review of a period as a mail; ``attached`` names what goes with it, ``stamp`` is that of the copy.

    ``as_closed`` says that the copy is the review as it was closed, whatever was changed since.
    """
    book, counts = evidence.book, Counter(s.word for s in evidence.standings.values())
    name, company = book.settings.review_name, book.settings.company
    total = sum(counts.values())
    said = f"{counts[OFF_TRACK]} of {plural(total, 'KPI')} off track" if total else "no KPI yet"
    about = f"{company} · {evidence.period.months}" if company else evidence.period.months
    return Letter(
        subject=f"{name} {evidence.period.text}: {said}",
        title=f"{name} {evidence.period.text}",
        subtitle=f"{about} · figures up to {short_day(evidence.as_of)}, judged on {short_day(book.on)}",
        parts=(*_where(counts, total), _off(evidence), _asked(evidence), _due(evidence)),
        foot=(*_attached(attached), *([_closed(evidence)] if as_closed else []), stamp),
    )


def _where(counts: Counter[str], total: int) -> tuple[Part, ...]:
    if not total:
        return (Paragraph("No KPI is entered yet, so there is nothing to judge.", large=True),)
    judged = counts[ON_TRACK] + counts[AT_RISK] + counts[OFF_TRACK]
    return (
        Tally(
            (
                ("on track", counts[ON_TRACK], "good"), ("at risk", counts[AT_RISK], "warn"),
                ("off track", counts[OFF_TRACK], "bad"), ("not judged", total - judged, "none"),
            )
        ),
    )  # fmt: skip


def _off(evidence: Evidence) -> Listing:
    items = [_off_item(evidence, standing) for standing in off_standings(evidence)]
    shown, more = first_of(items, _MOST_OFF, "in the attached review")
    judged = any(standing.word in LEVELS for standing in evidence.standings.values())
    nothing = (
        "Nothing: every KPI that was read is on track or near it." if judged else "No KPI was judged yet."
    )
    return Listing("Off track: actual against plan", shown, more, nothing)


def _off_item(evidence: Evidence, standing: Standing) -> Item:
    """Figure, plan and owner; of what is not off track now also why it is listed.

    What was not due in the period stands with the reading that it is judged by: ``not due`` is no figure.
    """
    kpi, actual, plan = standing.kpi, actual_said(standing).text, plan_words(standing)
    figures = f"{actual} against {plan}" if plan else actual
    latest = standing.series.latest
    if standing.span.actual is None and standing.word in LEVELS and latest is not None:
        figures = f"{beside_plan(standing.series, latest)} in {standing.series.periods[latest].spoken}"
    figures += f", {told}" if (told := why_listed(evidence, standing)) else ""
    return Item(f"{kpi.id} {short(kpi.name, 48)}", f"{figures} ({kpi.owner or 'nobody'})", standing.word)


def _asked(evidence: Evidence) -> Listing:
    row = evidence.row
    if row is not None and row.state == "closed":
        taken = [d for d in evidence.book.decisions if d.review == row.id]
        items = [
            Item(d.id, short(d.decision_text, 110) + (f" ({_who(d.owner, d.due)})" if d.owner else ""))
            for d in taken
        ]
        shown, more = first_of(items, _MOST, "in the attached review")
        return Listing("Decided", shown, more, "No decision was needed.")
    points = [block for block in what_is_asked(evidence) if isinstance(block, Points)]
    items = [Item("", short(text, 240)) for block in points for text in block.items]
    shown, more = first_of(items, _MOST, "in the attached review")
    return Listing("To decide", shown, more, "Nothing in the figures waits for a decision.")


def _due(evidence: Evidence) -> Listing:
    """Open actions that are overdue or due soon, by person; whoever is latest first."""
    on = evidence.book.on
    by_person: dict[str, list[Action]] = defaultdict(list)
    for action in open_on(evidence.book):
        if action.due is None or action.due <= on + _SOON:
            by_person[action.owner or "nobody"].append(action)
    people = sorted(by_person.items(), key=lambda each: (min(a.due or date.max for a in each[1]), each[0]))
    items = [
        Item(who, "; ".join(_action(a, on) for a in actions[:2]) + _rest(actions)) for who, actions in people
    ]
    shown, more = first_of(items, _MOST + 1, "people with actions")
    return Listing("Actions due", shown, more, f"No action is due before {short_day(on + _SOON)}.")


def _rest(actions: Sequence[Action]) -> str:
    return f"; also {all_named([action.id for action in actions[2:]], 0)}" if len(actions) > 2 else ""


def _action(action: Action, on: date) -> str:
    if action.due is None:
        when = "no date"
    else:
        when = f"overdue since {short_day(action.due)}" if action.due < on else f"by {short_day(action.due)}"
    return f"{action.id} {short(action.what, 52)}, {when}"


def _who(owner: str, due: date | None) -> str:
    return f"{owner}, by {short_day(due)}" if due else owner


def _attached(names: Sequence[str]) -> tuple[str, ...]:
    if not names:
        return ()
    return (f"Attached: {', '.join(names)}. They are copies for reading; what is typed there goes nowhere.",)


def _closed(evidence: Evidence) -> str:
    day = evidence.row.closed_on if evidence.row else None
    when = f" on {short_day(day)}" if day else ""
    return f"They show the review as it was closed{when}; this mail says how its figures stand today."


def short(text: str, most: int = _LONGEST) -> str:
    """A text on one line, cut at a word where it is long."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0].rstrip(",;:.") + "…"
