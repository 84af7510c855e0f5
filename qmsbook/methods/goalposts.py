"""Goalposts: what of the plan was moved since a closed review, what that changes, and who said why.

Kept and compared are, of each KPI, *Target*, *Baseline*, their days, *Low*, *High*, *Direction*, *Trajectory*,
*Target is*, *Tolerance*, *Unit*, *Owner*, *Weight*, *How it is counted*, *Active* and its rows of *Targets*; of each
objective *Statement*, *Due*, *Owner* and *Vital few*; whatever days were typed. A KPI or objective whose row is gone
is told too. Periods inside a closed review keep the plan that it printed, unless a row of Targets for them names
somebody from top management under *Agreed by*.
"""  # noqa: E501  # as docs show it

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from qmsbook.book.book import Book
from qmsbook.book.cell import Cell
from qmsbook.book.goalposts import ClosedPlan, Posts, Range
from qmsbook.book.parse import plain_text
from qmsbook.book.period import Period
from qmsbook.book.table import Record, Value, columns_of
from qmsbook.book.tables import Kpi, Objective, Target
from qmsbook.book.words import clipped, day_words, figure, plural
from qmsbook.methods.method import OFF_TRACK, Series
from qmsbook.methods.plan import JUDGED_BY, STRICT, as_kept, plan_of
from qmsbook.methods.revisions import apart, fresh, revisions_of, rows_then
from qmsbook.methods.series import series_of
from qmsbook.methods.target import running
from qmsbook.methods.variation import NOUNS

#: The fields that are goalposts, by record.
POSTS: Mapping[type[Record], tuple[str, ...]] = {
    Kpi: (*JUDGED_BY, "owner", "weight", "how_it_is_counted", "active"),
    Objective: ("statement", "due", "owner", "vital_few"),
}
#: No column of KPIs but the rows of Targets: they are kept beside a KPI's own goalposts.
REVISIONS = "targets"
#: What a blank cell of a goalpost stands for.
_DEFAULTS: Mapping[str, Value] = {
    "weight": 1.0, "trajectory": "linear", "target_is": "each period", "active": True, "vital_few": False,
}  # fmt: skip
#: With these a figure is judged otherwise; the others change who answers, or how much it counts.
_FIGURES = frozenset({"target", "baseline", "low", "high"})
#: Statements are cut in a sentence; the table has them in full.
_SHORT = 40


@dataclass(frozen=True, slots=True)
class Moved:
    """One goalpost that is no longer where a closed review had it, with the cell that holds it now."""

    review: str
    record: Kpi | Objective
    field: str
    header: str
    was: Value
    now: Value
    at: Cell

    @property
    def said(self) -> tuple[str, str]:
        """What was and what is, as people read it."""
        if self.field == REVISIONS:
            was, now = apart(plain_text(self.was), plain_text(self.now))
            return was or "none", now or "none"
        return self._said(self.was), self._said(self.now)

    @property
    def words(self) -> str:
        """``K16 target 100 -> 180``."""
        was, now = _where_they_differ(*self.said)
        return f"{self.record.key} {self.header[:1].lower()}{self.header[1:]} {was} -> {now}"

    def _said(self, value: Value) -> str:
        if isinstance(value, float) and self.field in _FIGURES and isinstance(self.record, Kpi):
            return figure(value, self.record.unit)
        column = columns_of(type(self.record)).get(self.field)
        text = plain_text(value)
        return (_day_said(text) if column and column.kind == "date" else text) or "blank"


def _day_said(text: str) -> str:
    """A day, which is kept as exports have it, as sentences say it."""
    try:
        return day_words(date.fromisoformat(text))
    except ValueError:
        return text


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


def posts_of(book: Book, record: Kpi | Objective) -> dict[str, Value]:
    """The goalposts of a row, as far as the workbook has their columns."""
    held = {name: getattr(record, name) for name in POSTS[type(record)] if name in record.place.columns}
    told = {name: value.isoformat() if isinstance(value, date) else value for name, value in held.items()}
    if isinstance(record, Objective):
        return told
    return {**told, STRICT: ", ".join(record.strict), REVISIONS: revisions_of(book, record)}


def all_posts(book: Book) -> dict[tuple[str, str], dict[str, Value]]:
    """The goalposts of every KPI and objective, by table and id."""
    return {(each.TABLE, each.key): posts_of(book, each) for each in _rows(book)}


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
        before, now = closed.posts.get((record.TABLE, record.key), {}), posts_of(book, record)
        columns = columns_of(type(record))
        for name, is_now in now.items():
            if name not in before or _effective(name, before[name]) == _effective(name, is_now):
                continue
            if name == STRICT:
                yield from _signs(closed, record, before, now)
            elif name == REVISIONS:
                rows = fresh(book, record.key, plain_text(before[name]))
                at = rows[0].cell("planned") if rows else record.cell("target")
                yield Moved(closed.review, record, name, Target.TITLE, before[name], is_now, at)
            elif record.cell(name) not in book.unreadable:
                header = columns[name].header
                yield Moved(closed.review, record, name, header, before[name], is_now, record.cell(name))


def _signs(closed: ClosedPlan, record: Kpi | Objective, before: Posts, now: Posts) -> Iterator[Moved]:
    """Figures that must be passed now and only had to be reached, or the other way: ``< 5`` and ``≤ 5``."""
    was_strict, is_strict = (plain_text(each[STRICT]).split(", ") for each in (before, now))
    for name in ("target", "low", "high"):
        value = now.get(name)
        if (
            (name in was_strict) == (name in is_strict)
            or not isinstance(value, float)
            or before.get(name) != value
        ):
            continue  # where the figure itself is another, that is told
        least = name == "low" or (name == "target" and now.get("direction") == "higher")
        signs = {True: ">" if least else "<", False: "≥" if least else "≤"}
        was, is_now = (f"{signs[name in strict]} {plain_text(value)}" for strict in (was_strict, is_strict))
        header = columns_of(Kpi)[name].header
        yield Moved(closed.review, record, name, header, was, is_now, record.cell(name))


def _effective(name: str, value: Value) -> Value:
    """A goalpost as it counts: blank is its default, blanks in a text count once, and its case does not."""
    if value is None or value == "":
        return _DEFAULTS.get(name)
    return " ".join(value.split()).casefold() if isinstance(value, str) else value


def gone_since(book: Book, closed: ClosedPlan | None) -> tuple[tuple[type[Kpi | Objective], str], ...]:
    """The KPIs and objectives of a closed review whose rows are no longer in the plan, by table and id."""
    kept = closed.posts if closed is not None else {}
    return tuple(
        (record, key)
        for record in (Kpi, Objective)
        for table, key in kept
        if table == record.TABLE and book.has(record) and key not in book.ids.get(table, {})
    )


def _rows(book: Book) -> Iterator[Kpi | Objective]:
    yield from (kpi for kpi in book.kpis if kpi.id and book.kpi(kpi.id) is kpi)
    yield from (each for each in book.objectives if each.id and book.objective(each.id) is each)


def effects(book: Book, closed: ClosedPlan, moved: Sequence[Moved]) -> dict[str, str]:
    """What moved goalposts change, by KPI: ``under the old target off track for 6 months, now 0``.

    A KPI that stands as it would have stood is left out; of one that was paused it is told for how long it
    had been off track.
    """
    judged = (each.record for each in moved if each.field in (*JUDGED_BY, REVISIONS))
    now = {kpi.id: kpi for kpi in judged if isinstance(kpi, Kpi)}
    paused = {each.record.key for each in moved if each.field == "active" and each.now is False}
    then = _as_it_was(book, closed, now, paused)
    told = {}
    for key in paused:
        kpi = then.kpi(key)
        before = _off(series_of(then, kpi)) if kpi is not None else 0
        if kpi is not None and before:
            told[key] = f"off track for {plural(before, NOUNS[kpi.frequency])} when it was paused"
    for key, kpi in now.items():
        if key in paused:
            continue
        before, after = _off(series_of(then, then.kpi(key) or kpi)), _off(series_of(book, kpi))
        if before != after:
            months = plural(before, NOUNS[kpi.frequency])
            what = "target" if any(m.record is kpi and m.field == "target" for m in moved) else "plan"
            told[key] = f"under the old {what} off track for {months}, now {after}"
    return told


def _as_it_was(book: Book, closed: ClosedPlan, moved: Collection[str], paused: Collection[str]) -> Book:
    """One book in which all moved KPIs have the goalposts of then: what it indexes is indexed once."""
    posts = {key: closed.posts[Kpi.TABLE, key] for key in moved}
    kept_rows = (as_kept(each, posts[each.id]) if each.id in posts else each for each in book.kpis)
    rows = tuple(each.changed(active=True) if each.id in paused else each for each in kept_rows)
    kept = {key: plain_text(held[REVISIONS]) for key, held in posts.items() if REVISIONS in held}
    others = [row for row in book.targets if row.kpi not in kept]
    back = [row for key, was in kept.items() for row in rows_then(book, key, was)]
    return book.changed(kpis=rows, targets=(*others, *back), closed_plans=())


def _off(series: Series) -> int:
    """For how many periods running a KPI is off track."""
    return running(series, series.at) if series.at is not None and series.words[series.at] == OFF_TRACK else 0
