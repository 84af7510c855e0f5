"""Goalposts: what of the plan was moved since a closed review, what that changes, and who said why.

Kept and compared are, of each KPI, *Target*, *Baseline*, their days, *Low*, *High*, *Direction*, *Trajectory*,
*Target is*, *Tolerance*, *Unit*, *Owner*, *Weight* and *How it is counted*; of each objective *Statement*, *Due*,
*Owner* and *Vital few*; whatever days were typed. Periods inside a closed review keep the plan that it printed,
unless a row of Targets for them names somebody from top management under *Agreed by*.

A move is explained by a row of Targets for the KPI with *Why* and a person of People under *Agreed by*, set after the
review's period (without *Set on*: for periods after it), or by a decision of that review, or a later one, whose text
names the KPI or objective.
"""  # noqa: E501  # as docs show it

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from qmsbook.book.book import Book
from qmsbook.book.goalposts import ClosedPlan, Range
from qmsbook.book.parse import plain_text, split_ids
from qmsbook.book.period import Period
from qmsbook.book.table import Record, Value, columns_of
from qmsbook.book.tables import Kpi, Objective
from qmsbook.book.words import clipped, figure, plural
from qmsbook.methods.method import OFF_TRACK, Series
from qmsbook.methods.plan import JUDGED_BY, as_kept, plan_of
from qmsbook.methods.series import series_of
from qmsbook.methods.target import running
from qmsbook.methods.variation import NOUNS

#: The fields that are goalposts, by record.
POSTS: Mapping[type[Record], tuple[str, ...]] = {
    Kpi: (*JUDGED_BY, "owner", "weight", "how_it_is_counted"),
    Objective: ("statement", "due", "owner", "vital_few"),
}
#: With these a figure is judged otherwise; the others change who answers, or how much it counts.
_FIGURES = frozenset({"target", "baseline", "low", "high"})
#: Statements are cut in a sentence; the table has them in full.
_SHORT = 40


@dataclass(frozen=True, slots=True)
class Moved:
    """One goalpost that is no longer where a closed review had it."""

    review: str
    record: Kpi | Objective
    field: str
    header: str
    was: Value
    now: Value

    @property
    def said(self) -> tuple[str, str]:
        """What was and what is, as people read it."""
        return self._said(self.was), self._said(self.now)

    @property
    def words(self) -> str:
        """``K16 target 100 -> 180``."""
        was, now = _where_they_differ(*self.said)
        return f"{self.record.key} {self.header[:1].lower()}{self.header[1:]} {was} -> {now}"

    def _said(self, value: Value) -> str:
        if isinstance(value, float) and self.field in _FIGURES and isinstance(self.record, Kpi):
            return figure(value, self.record.unit)
        return plain_text(value) or "blank"


def _where_they_differ(was: str, now: str) -> tuple[str, str]:
    """Two texts cut to what can be read in a sentence, so that what differs is in it.

    >>> said = "Raise the quote win rate from 24 % to 30 % by "
    >>> _where_they_differ(said + "2026", said + "2029")
    ('… 30 % by 2026', '… 30 % by 2029')
    >>> _where_they_differ("Cut complaints by half", "Cut complaints by a third")
    ('Cut complaints by half', 'Cut complaints by a third')
    """
    short = clipped(was, _SHORT), clipped(now, _SHORT)
    if short[0] != short[1]:
        return short
    one, other = was.split(), now.split()
    alike = next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None)
    first = max((min(len(one), len(other)) if alike is None else alike) - 3, 0)
    return clipped("… " + " ".join(one[first:]), _SHORT), clipped("… " + " ".join(other[first:]), _SHORT)


def posts_of(record: Kpi | Objective) -> dict[str, Value]:
    """The goalposts of a row, as far as the workbook has their columns."""
    held = {name: getattr(record, name) for name in POSTS[type(record)] if name in record.place.columns}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in held.items()}


def all_posts(book: Book) -> dict[tuple[str, str], dict[str, Value]]:
    """The goalposts of every KPI and objective, by table and id."""
    return {(each.TABLE, each.key): posts_of(each) for each in _rows(book)}


def levels_in(book: Book, series: Series, period: Period) -> dict[str, float | None]:
    """What is planned for a KPI in each of its periods inside a review's, in the target's own sense.

    Within a range that is None: its goalposts say the range, and ``ranges_in`` where it was another.
    """
    plan = replace(plan_of(book, series.kpi), kpi=series.kpi)
    inside = [p for at, p in enumerate(series.periods) if period.contains(p) and at not in series.setting]
    if series.kpi.direction == "within":
        return dict.fromkeys(p.text for p in inside)
    return {p.text: level for p in inside if (level := plan.level(p)) is not None}


def ranges_in(series: Series, period: Period) -> dict[str, Range]:
    """The ranges of a KPI's periods inside a review's, where Targets gives it others than its own."""
    found = zip(series.periods, series.ranges, strict=False)
    return {each.text: bounds for each, bounds in found if period.contains(each)}


def closed_before(book: Book, day: date | None = None) -> ClosedPlan | None:
    """The plan of the last closed review, or of the last whose period ended before a day."""
    found = [each for each in book.closed_plans if day is None or each.last < day]
    return found[-1] if found else None


def moved_since(book: Book, closed: ClosedPlan | None) -> tuple[Moved, ...]:
    """The goalposts that are no longer where a closed review had them; nothing where none were kept."""
    return tuple(_moved(book, closed)) if closed is not None else ()


def _moved(book: Book, closed: ClosedPlan) -> Iterator[Moved]:
    for record in _rows(book):
        before, now = closed.posts.get((record.TABLE, record.key), {}), posts_of(record)
        columns = columns_of(type(record))
        for name in POSTS[type(record)]:
            if name not in before or name not in now or record.cell(name) in book.unreadable:
                continue
            if before[name] != now[name]:
                yield Moved(closed.review, record, name, columns[name].header, before[name], now[name])


def _rows(book: Book) -> Iterator[Kpi | Objective]:
    yield from (kpi for kpi in book.kpis if kpi.id and book.kpi(kpi.id) is kpi)
    yield from (each for each in book.objectives if each.id and book.objective(each.id) is each)


def effects(book: Book, closed: ClosedPlan, moved: Sequence[Moved]) -> dict[str, str]:
    """What moved goalposts change, by KPI: ``under the old target off track for 6 months, now 0``.

    A KPI that stands as it would have stood is left out.
    """
    judged = (each.record for each in moved if each.field in JUDGED_BY)
    now = {kpi.id: kpi for kpi in judged if isinstance(kpi, Kpi)}
    old = {key: as_kept(kpi, closed.posts[Kpi.TABLE, key]) for key, kpi in now.items()}
    rows = tuple(old.get(each.id, each) for each in book.kpis)
    then = replace(book, kpis=rows, closed_plans=())  # one book for all: what it indexes is indexed once
    told = {}
    for key, kpi in now.items():
        before, after = _off(series_of(then, old[key])), _off(series_of(book, kpi))
        if before != after:
            months = plural(before, NOUNS[kpi.frequency])
            what = "target" if any(m.record is kpi and m.field == "target" for m in moved) else "plan"
            told[key] = f"under the old {what} off track for {months}, now {after}"
    return told


def _off(series: Series) -> int:
    """For how many periods running a KPI is off track."""
    return running(series, series.at) if series.at is not None and series.words[series.at] == OFF_TRACK else 0


def explained(book: Book, closed: ClosedPlan, record: Kpi | Objective) -> tuple[str, str]:
    """Why a row's goalposts were moved, and who agreed; two blanks where nobody said so."""
    for row in book.targets_of.get(record.key, ()) if isinstance(record, Kpi) else ():
        said = row.set_on or _end(book, row.until or row.from_)
        fresh = said is None or said > closed.last
        names = split_ids(row.agreed_by)
        known = any(map(book.person, names)) if book.people else bool(names)
        if fresh and known and row.why.strip():
            return row.why.strip(), row.agreed_by.strip()
    ends = {review.id: _end(book, review.period) for review in book.reviews}
    named = re.compile(rf"(?<![\w.-]){re.escape(record.key)}(?![\w-])")
    for decision in book.decisions:
        end = ends.get(decision.review)
        later = end is None or end >= closed.last
        if later and decision.owner and named.search(decision.decision_text):
            return decision.decision_text.strip(), decision.owner
    return "", ""


def _end(book: Book, text: str) -> date | None:
    period = book.parse_period(text)
    return period.last if period else None
