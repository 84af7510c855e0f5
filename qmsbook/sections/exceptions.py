"""What is not as planned: every KPI off track or really getting worse, and those that really got better."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from qmsbook.book.aggregation import SAID
from qmsbook.book.words import listed
from qmsbook.methods.method import LEVELS
from qmsbook.methods.plan import SINCE_START, year_of
from qmsbook.methods.variation import variation
from qmsbook.methods.xmr import IMPROVEMENT
from qmsbook.sections.section import Block, Evidence, Facts, Heading, Rows, Said, Standing
from qmsbook.sections.wording import (
    action_words,
    actual_said,
    brief,
    last_comment,
    named,
    off_standings,
    open_actions,
    plan_words,
    short_day,
    still_improves,
    whose,
    why_listed,
)

_NONE_OFF = "Nothing: every KPI that was read is on track or within its tolerance."
#: So many KPIs that began to improve are named; of those that are known to improve at least so many.
_NAMED, _OLD_NEWS = 4, 3


def off_plan(evidence: Evidence) -> Iterator[Block]:
    """Every KPI off track or really getting worse, worst first: reason, comment, owner, action."""
    yield Heading("What is off track")
    months = evidence.period.months
    judged = any(standing.word in LEVELS for standing in evidence.standings.values())
    yield Rows(
        (
            ("id", "KPI"), ("mark", f"On {short_day(evidence.as_of)}"),
            ("words", "What, why, and what is being done"), ("who", "Owner"), ("left", f"Actual {months}"),
            ("right", f"Plan {months}"),
        ),
        tuple(_row(evidence, standing) for standing in off_standings(evidence)),
        empty=_NONE_OFF if judged else "No KPI was judged yet.",
    )  # fmt: skip
    better = [standing for standing in evidence.standings.values() if still_improves(evidence, standing)]
    if better:
        yield Facts((("Improving", _improving(evidence, better)),))


def _improving(evidence: Evidence, better: list[Standing]) -> str:
    """The KPIs that began to improve since the review before; those that did so then already are counted."""
    since = evidence.since.end
    before = evidence.then_book.changed(on=since + timedelta(days=1))
    known = [s for s in better if variation(before, s.series).figures.get("answer") == IMPROVEMENT]
    fresh = [brief(standing.kpi) for standing in better if standing not in known]
    more = named([brief(standing.kpi) for standing in known], max(_OLD_NEWS, _NAMED - len(fresh)))
    start = "" if fresh else "No KPI since then. "
    held = f"{start}As on {short_day(since)} already: {more}." if known else ""
    new = f"{named(fresh, _NAMED)}: more than noise. What did we learn there?" if fresh else ""
    return f"{new} {held}".strip()


def _row(evidence: Evidence, standing: Standing) -> tuple[str | Said, ...]:
    kpi = standing.kpi
    comment = last_comment(evidence, standing)
    over = f"; {told}" if (told := why_listed(evidence, standing)) else ""
    said = [f"{standing.reason} Comment: {comment}" if comment else standing.reason]
    actions = open_actions(evidence.book, [kpi.id, *kpi.supports])
    more = f"; also {listed([a.id for a in actions[3:]])}" if len(actions) > 3 else ""
    words = "; ".join(action_words(a) for a in actions[:3]) + more
    said.append(f"Action: {words}" if actions else "No action yet.")
    return (
        Said(kpi.id, to=kpi.cell("id")),
        Said(word=standing.word),
        Said("\n".join([f"{_together(standing)}{over}", *said]), lead=kpi.name),
        whose(evidence.book, kpi.owner),
        actual_said(standing),
        plan_words(standing),
    )


def _together(standing: Standing) -> str:
    """How several readings became the one figure of the period; blank where there is one."""
    if standing.kpi.target_is == SINCE_START:
        return " (since the start)"
    if standing.series.small:
        last = standing.series.periods[max(standing.series.small)]
        over = year_of(last.last, last.fiscal_start).last == last.last
        return " (in the year)" if over else " (in the year so far)"
    return (
        f" ({SAID[standing.kpi.aggregation]})" if standing.span.read > 1 and standing.kpi.aggregation else ""
    )
