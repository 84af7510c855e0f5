"""Status: a figure held against its plan, and the sentence that says so.

The gap is actual minus plan where higher is better, and plan minus actual where lower is. A gap of zero or
more is *On track*; a gap within the *Tolerance* is *At risk*; beyond it is *Off track*. Without a tolerance
of its own, a KPI has the smaller of 5 % of the plan and a quarter of the way from baseline to target. Where
the level is only to be held (*Trajectory* flat, or a target that equals the baseline) there is no such way,
and it has 5 % of the plan, in % at most 1 point (*Tolerance points*).
Where the plan is zero it has the quarter of the way; of events that are counted the quarter is that of one
period over a longer span too, for many months do not excuse what one would not.
Within a range, a figure between *Low* and *High* is on track, and the tolerance is a share of that range.
Figures are compared unrounded, but for the dust of binary fractions: 95.0 against 95 is met. A target,
*Low* or *High* that was written with ``<`` or ``>`` must be passed: 4 does not meet ``< 4``.

The latest period that is over is judged. If it is not read yet, and its grace has not run out (3 days after
a week, 10 after anything longer, or *Grace days*), the one before it is; after that the KPI is *Overdue*. A
period that is still running is shown, but not judged. The first period that is due ends after *Baseline
on*.
"""

from __future__ import annotations

from datetime import timedelta

from qmsbook.book.book import Book, by_calendar
from qmsbook.book.period import Period
from qmsbook.book.spans import rolls
from qmsbook.book.tables import Kpi, Settings
from qmsbook.book.words import (
    again,
    day_words,
    decimals_apart,
    figure,
    gap_words,
    number,
    ordinal,
    plural,
    span_words,
)
from qmsbook.methods.method import (
    BAD_VALUE,
    LEVELS,
    NO_DATA,
    NO_TARGET,
    NOT_DUE,
    OFF_TRACK,
    ON_TRACK,
    OVERDUE,
    PAUSED,
    SETTING_BASELINE,
    WATCHED,
    Series,
    Status,
)  # fmt: skip
from qmsbook.methods.plan import SINCE_START, says
from qmsbook.methods.progress import FURTHER, further_away
from qmsbook.methods.totals import end_words, part_read, small_words, year_read
from qmsbook.methods.variation import NOUNS, as_it_runs, clause
from qmsbook.methods.yardstick import Yardstick
from qmsbook.methods.yardstick import tolerance_of as tolerance_of  # rules look for it here


def target(book: Book, series: Series, change: Status | None = None) -> Status:
    """Where a KPI stands against its plan in the latest period that is over, or why that is not known.

    ``change``: the answer of the method *variation*, so that the sentence can tell a change from noise.
    """
    word = state(book, series)
    tell = _SENTENCES.get(word)
    status = tell(book, series) if tell else _judgement(book, series, change)
    kpi, at = series.kpi, series.latest
    figures: dict[str, float | str | None] = {"period": series.judged.text if series.judged else None}
    if at is not None:
        figures |= {
            "actual": series.held[at],
            "plan": series.plan[at],
            "latest period": series.periods[at].text,
        }
    if word in LEVELS and at is not None:
        yard = Yardstick(series.now, book.settings)
        figures |= {"gap": series.gaps[at], "tolerance": yard.tolerance(series.plan[at], series.times[at])}
        figures["running"] = float(running(series, at))
    if series.baseline is not None:
        figures["proposed baseline"] = series.baseline
    return Status(kpi.id, "target", word, LEVELS.get(word, "none"), status, figures)


def state(book: Book, series: Series) -> str:
    """The status word of a KPI."""
    kpi = series.kpi
    if kpi.active is False:
        return PAUSED
    if kpi.watched:
        return WATCHED
    if not has_target(book, kpi):
        return NO_TARGET
    if series.judged is None:
        first = series.first_due
        if not by_calendar(kpi):
            return NOT_DUE
        return NOT_DUE if first is not None and first.last >= book.on else NO_DATA
    if series.judged.text in series.bad:
        return BAD_VALUE
    if series.at is None or series.held[series.at] is None:
        return OVERDUE
    return series.words[series.at]


def has_target(book: Book, kpi: Kpi) -> bool:
    """Whether there is anything to hold a KPI's figures against."""
    if any(says(kpi, row) for row in book.targets_of.get(kpi.id, ())):
        return kpi.direction in {"higher", "lower", "within"}
    if Yardstick(kpi, book.settings).lacks:
        return False
    return kpi.direction == "within" or kpi.target is not None


def running(series: Series, at: int) -> int:
    """For how many periods in a row, up to one, the word has been the same; a gap breaks the row."""
    count = 1
    while at > 0 and series.words[at - 1] == series.words[at]:
        apart = series.periods[at - 1].last + timedelta(days=1) != series.periods[at].first
        if apart and by_calendar(series.kpi):
            break
        at, count = at - 1, count + 1
    return count


def grace_days(kpi: Kpi, settings: Settings) -> int:
    """Days from a period's end until a missing reading is overdue."""
    if kpi.grace_days is not None:
        return int(kpi.grace_days)
    return settings.grace_days_weekly if kpi.frequency == "weekly" else settings.grace_days


def due_by(kpi: Kpi, period: Period, settings: Settings) -> str:
    """``due by Nov 10, 2026``."""
    return f"due by {day_words(period.last + timedelta(days=grace_days(kpi, settings)))}"


# -- sentences


def _paused(book: Book, series: Series) -> str:
    return "Paused: Active says no, so it is left out of every count."


def _watched(book: Book, series: Series) -> str:
    at = series.latest
    value = None if at is None else series.held[at]
    if at is None or value is None:
        return "Watched: it is read and shown, and no target is asked for."
    head = f"Watched: {figure(value, series.kpi.unit)} in {series.periods[at].spoken}"
    return f"{head}; no target is asked for."


def _no_target(book: Book, series: Series) -> str:
    if series.kpi.direction == "within":
        return "No range: fill Low, High or both."
    if series.kpi.direction not in {"higher", "lower"}:
        return "No direction: say which way is better."
    return "No target: enter the value to reach."


def _not_due(book: Book, series: Series) -> str:
    if not by_calendar(series.kpi):
        return "Not due yet: it is read when it happens, and no calendar asks for it."
    if series.first_due is None:
        return "Not due yet."
    return f"Not due yet: the first figure is that of {series.first_due.spoken}, {_due(book, series)}."


def _due(book: Book, series: Series) -> str:
    assert series.first_due is not None
    return due_by(series.kpi, series.first_due, book.settings)


def _no_data(book: Book, series: Series) -> str:
    if series.first_due is None:
        return "No figure was entered yet."
    return (
        f"No figure was entered yet; the first, that of {series.first_due.spoken}, is {_due(book, series)}."
    )


def _overdue(book: Book, series: Series) -> str:
    kpi, period = series.kpi, series.judged
    assert period is not None
    place = None if series.at is None else series.places[series.at]
    comment = "" if place is None else book.measurements.comment[place].strip().rstrip(".")
    said = f" ({comment})" if comment else ""
    text = f"No figure for {period.spoken}{said}, {due_by(kpi, period, book.settings)}"
    if series.latest is None:
        return f"{text}; none was entered yet."
    last, value = series.periods[series.latest], series.held[series.latest]
    assert value is not None
    age = (book.on - last.last).days
    return f"{text}; the last is {figure(value, kpi.unit)} of {last.spoken}, {age} days old."


def _bad(book: Book, series: Series) -> str:
    assert series.judged is not None
    return series.bad[series.judged.text]


def _baseline(book: Book, series: Series) -> str:
    at = series.at
    assert at is not None
    value, unit = series.held[at], series.kpi.unit
    assert value is not None
    wanted = book.settings.setting_baseline_periods
    count = sum(1 for held in series.held[: at + 1] if held is not None)
    head = f"{figure(value, unit)} in {series.periods[at].spoken}"
    text = f"{head}: reading {count} of the {wanted} that show where you start"
    if series.baseline is None or count < wanted:
        return f"{text}."
    return f"{text}; their mean is {figure(series.baseline, unit)}, enter it as Baseline."


def _judgement(book: Book, series: Series, change: Status | None = None) -> str:
    at, kpi = series.at, series.kpi
    assert at is not None
    actual, plan, word = series.held[at], series.plan[at], series.words[at]
    assert actual is not None
    if at in series.small:
        return f"{small_words(series, at)}.{_waiting(book, series)}"
    if series.ended is not None and word == ON_TRACK:
        return f"{end_words(series, actual)}."
    against, decimals = _against(series.now, series.periods[at], actual, plan)
    if kpi.target_is == "year to date" and kpi.aggregation == "sum":
        against = f"{against.rpartition(' for ')[0]} for that time"
    text, by = f"{_lead(series, at, actual, decimals)}{against}", _by(series, at, decimals)
    further = f" {FURTHER}" if word != ON_TRACK and further_away(series) else ""
    count, more = running(series, at), f"{further}{_start(book, series)}{_waiting(book, series)}"
    steady = as_it_runs(change, NOUNS[kpi.frequency]) if word == OFF_TRACK else ""
    if steady:
        return f"Off track for {plural(count, NOUNS[kpi.frequency])}. {steady} {text}, off{by}.{more}"
    text += f": {word.lower()}{by}"
    if word != ON_TRACK and count > 1:
        text += f", {ordinal(count)} period running"
    return f"{text}{clause(change, word != ON_TRACK, word == OFF_TRACK)}.{more}"


def _start(book: Book, series: Series) -> str:
    """A word on where the plan starts, where the KPI's row does not say it."""
    kpi, typed = series.kpi, book.kpi(series.kpi.id) or series.kpi
    if series.baseline is not None:
        count = book.settings.setting_baseline_periods
        from_ = f"{figure(series.baseline, kpi.unit)}, {_first_readings(count)}"
        return f" No baseline is given, so the plan runs from {from_}: confirm it in Baseline."
    if kpi.baseline_on is not None and typed.baseline_on is None and typed.baseline is not None:
        return " The baseline has no day, so the plan runs from the first reading: enter it in Baseline on."
    return ""


def _first_readings(count: int) -> str:
    return "the first reading" if count == 1 else f"the mean of the first {count} readings"


def _lead(series: Series, at: int, actual: float, decimals: int) -> str:
    """The figure, with the span that it is of and how much of that was read."""
    kpi = series.kpi
    said, months = figure(actual, kpi.unit, decimals), rolls(kpi.target_is)
    mean = " on average" if kpi.aggregation == "average" else ""
    if months:
        part = part_read(series, at, months)
        return f"{said}{mean} in {part}" if part else f"Over the last {months} months {said}{mean}"
    if kpi.target_is == "year to date":
        return f"Year to date {said}{mean} in {year_read(series, at)}"
    return f"So far {said}" if kpi.target_is == SINCE_START else said


def _against(kpi: Kpi, period: Period, actual: float, plan: float | None) -> tuple[str, int]:
    """What a figure is held against, in words, and the decimals in which both are told apart."""
    if kpi.direction == "within":
        bounds = [bound for bound in (kpi.low, kpi.high) if bound is not None]
        decimals = max(decimals_apart(actual, bound, kpi.unit) for bound in bounds)
        return f" against a range of {span_words(kpi.low, kpi.high, kpi.unit)} in {period.spoken}", decimals
    assert plan is not None
    decimals = decimals_apart(actual, plan, kpi.unit)
    least = _STRICTLY.get(kpi.direction, "") if "target" in kpi.strict else ""
    return f" against {least}{again(plan, kpi.unit, decimals)} planned for {period.spoken}", decimals


#: What a plan asks for where its figure itself does not do.
_STRICTLY = {"higher": "more than ", "lower": "less than "}


def _by(series: Series, at: int, decimals: int) -> str:
    """By how much a figure is off or ahead: nothing where it is just met or inside its range."""
    gap, kpi, word = series.gaps[at], series.kpi, series.words[at]
    if gap is None or number(gap, decimals) == "0" or (kpi.direction == "within" and word == ON_TRACK):
        return ""
    amount = gap_words(gap, kpi.unit, decimals)
    return f", ahead by {amount}" if word == ON_TRACK else f" by {amount}"


def _waiting(book: Book, series: Series) -> str:
    """A word on the next period, where it is over but still in its grace."""
    assert series.judged is not None
    following = series.judged.next
    if not by_calendar(series.kpi) or series.ended is not None:
        return ""
    if following.last >= book.on:
        return ""
    return f" {following.spoken} is {due_by(series.kpi, following, book.settings)}."


_SENTENCES = {
    PAUSED: _paused, WATCHED: _watched, NO_TARGET: _no_target, NOT_DUE: _not_due, NO_DATA: _no_data,
    OVERDUE: _overdue, BAD_VALUE: _bad, SETTING_BASELINE: _baseline,
}  # fmt: skip
