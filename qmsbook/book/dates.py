"""Months, quarters, weeks, halves, years and days as people write them: what a text says of time.

By the text alone: what a company's fiscal year or a KPI's frequency makes of it is for `read_period`.
Month names are read in English, German, French and Spanish, in full or cut short where no other is meant.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Literal

from qmsbook.book.near import digits_meant, period_meant
from qmsbook.book.period import Frequency, Period, parse_period, period_of

_MONTH_NAMES = (
    "january february march april may june july august september october november december",
    "januar februar marz april mai juni juli august september oktober november dezember",
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
)
_IRREGULAR = {"mrz": 3, "maerz": 3, "janner": 1, "jaenner": 1, "feber": 2, "setiembre": 9, "set": 9}
#: Markers: Quarter, Half, Week, fiscal Year, and S for the French s. or sem., which may be week or half.
_MARKERS = {
    "Q": "q quarter quartal t trim trimestre qtr",
    "H": "h hy hj half halbjahr semester semestre",
    "W": "w wk week kw cw woche kalenderwoche semaine semana",
    "Y": "fy gj fiscal financial geschaftsjahr geschaeftsjahr ejercicio exercice",
    "S": "s sem",
}
_NUMBERS = (
    "first 1st erstes erste premier primer", "second zweites zweite deuxieme segundo",
    "third drittes dritte troisieme tercer", "fourth viertes vierte quatrieme cuarto",
)  # fmt: skip
_FILLERS = frozenset(
    re.findall(
        r"\w+",
        """of the le de del des du d im in der den am el la year jahr annee ano
        monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun
        montag dienstag mittwoch donnerstag freitag samstag sonntag mo di mi do fr sa so
        lundi mardi mercredi jeudi vendredi samedi dimanche
        lunes martes miercoles jueves viernes sabado domingo""",
    )
)
_ORDINALS = frozenset(["st", "nd", "rd", "th", "er", "e", "eme", "ere", "ro", "o", "ter", "tes", "te"])
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-") | dict.fromkeys("’‘`´", "'"))
_TIME = re.compile(r"[t ]+\d{1,2}:\d\d(:\d\d(\.\d+)?)?\s?([ap]m)?z?\Z")
_TOKEN = re.compile(r"(\d+|[^\W\d_]+)([^\w]*)")
_SOFT = re.compile(r"\.?[-/,']?\Z")
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Moment:
    """What a text says of time.

    ``period`` holds the canonical text of a period, ``day`` a day. ``options`` are the right texts of what an
    ambiguous one may mean, or the nearest right text of one that is refused. ``short``: the year of a month
    has two digits, so that it may have been meant as a day. ``fiscal``: the year beside a month is a fiscal
    one.
    """

    kind: Literal["period", "day", "ambiguous", "impossible", "yearless", "unknown"]
    period: str = ""
    day: date | None = None
    options: tuple[str, ...] = ()
    short: bool = False
    fiscal: bool = False

    def named(self, fiscal_start: int) -> Period | None:
        """The period that the text names, in a company's fiscal year; None where it names none."""
        found = parse_period(self.period, fiscal_start) if self.period else None
        if found is None or not self.fiscal or fiscal_start == 1 or found.first.month < fiscal_start:
            return found
        return parse_period(f"{found.first.year - 1}{self.period[4:]}", fiscal_start)


@dataclass(frozen=True, slots=True)
class PeriodRead:
    """A text read where a period belongs; ``period`` is None for what is refused.

    ``told`` says what has to be said of it: nothing, that it is in other words, that a day stands there.
    """

    period: Period | None
    told: Literal["", "words", "day"] = ""
    options: tuple[str, ...] = ()
    why: Literal["", "ambiguous", "impossible", "yearless"] = ""


_UNKNOWN, _IMPOSSIBLE = Moment("unknown"), Moment("impossible")
_YEARLESS = Moment("yearless")


@lru_cache(maxsize=8192)
def read_period(text: str, frequency: Frequency = "monthly", fiscal_start: int = 1) -> PeriodRead:
    """The period that a text names where a period of a frequency is wanted.

    A day is read as the period of that frequency in which it falls; any other period as what it is.
    """
    canonical = parse_period(text, fiscal_start)
    if canonical is not None:
        return PeriodRead(canonical)
    titled = parse_period(text.partition("(")[0], fiscal_start)
    if titled is not None and titled.title == text.strip():  # copied from one of our pages
        return PeriodRead(titled, "words")
    found = moment(text)
    if found.day is not None:
        period = period_of(found.day, frequency, fiscal_start)
        return PeriodRead(period, "day" if found.day != period.first else "words")
    if found.period:
        return PeriodRead(found.named(fiscal_start), "words")
    if found.kind == "ambiguous":
        return _one_of(found.options, frequency, fiscal_start)
    why: Literal["", "impossible", "yearless"] = (
        "impossible" if found.kind == "impossible" else "yearless" if found.kind == "yearless" else ""
    )
    return PeriodRead(None, options=found.options, why=why)


def _one_of(options: Iterable[str], frequency: Frequency, fiscal_start: int) -> PeriodRead:
    """Days that all fall in one period mean that period; else they stay ambiguous."""
    periods = [
        parse_period(text, fiscal_start) or period_of(date.fromisoformat(text), frequency, fiscal_start)
        for text in options
    ]
    names = tuple(dict.fromkeys(period.text for period in periods))
    if len(names) == 1:
        return PeriodRead(periods[0], "day")
    return PeriodRead(None, options=names, why="ambiguous")


def last_day(found: Moment, fiscal_start: int = 1) -> date | None:
    """The last day of a period that stands where a day belongs; None if no year is sure."""
    period = None if found.short else found.named(fiscal_start)
    return period.last if period else None


def serial_day(value: float) -> date | None:
    """The day that Excel would show for a number, if it is one of our times (1990 to 2099)."""
    if value.is_integer() and 32874 <= value <= 73050:
        return date.fromordinal(int(value) + _EPOCH)
    return None


_EPOCH = date(1899, 12, 30).toordinal()


def day_first(text: str) -> bool | None:
    """Whether a numeric day text has its day first (``31/12/2026``), last, or None where that is open.

    Only the spellings that Excel makes dates of when the day fits: with slashes or dashes, the year last.
    """
    match = _SWAPPABLE.match(text.strip())
    if match is None or int(match[1]) == int(match[3]):
        return None
    one, other = int(match[1]), int(match[3])
    if max(one, other) <= 12 or min(one, other) > 12:
        return None
    return one > 12


def numeric_day(text: str) -> bool:
    """Whether a text is a day in three numbers, the year last, with slashes or dashes."""
    return _SWAPPABLE.match(text.strip()) is not None


_SWAPPABLE = re.compile(r"(\d{1,2})([-/])(\d{1,2})\2(?:\d{4}|\d{2})\Z")


@lru_cache(maxsize=8192)
def moment(text: str) -> Moment:
    """What a text says of time, by itself.

    >>> moment("KW45 2024").period, moment("7. Dezember 2026").day, moment("10/11/2026").options
    ('2024-W45', datetime.date(2026, 12, 7), ('2026-11-10', '2026-10-11'))
    """
    if not text.strip() or len(text) > _LONGEST:
        return _UNKNOWN
    if _LETTERED.match(text.strip()):  # an O typed for a 0: never the 1o of something
        return _slipped(text)
    items, doubtful = _items(_TIME.sub("", _plain(text)))
    shape = "".join(item.kind for item in items)
    reader = _SHAPES.get(shape)
    if reader is None and not items:
        return _slipped(text)
    if reader is None:
        return _YEARLESS if shape in {"M", "QN", "NQ", "HN", "NH", "WN", "NW", "MM"} else _UNKNOWN
    found = reader(items)
    if doubtful and (found.period or found.day):
        return Moment("unknown", options=(found.period or str(found.day),))
    return _slipped(text) if found is _UNKNOWN else found


def _slipped(text: str) -> Moment:
    """A text that is no time as it stands: what a slip of the fingers may have made it of."""
    meant = period_meant(text)
    if meant and parse_period(meant):
        return Moment("unknown", options=(meant,))
    if meant or not _LETTERED.match(text.strip()):
        return _UNKNOWN
    found = moment(digits_meant(text))
    meant = found.day.isoformat() if found.day else found.period
    return Moment("unknown", options=(meant,)) if meant else found


_LETTERED = re.compile(r"(?=.*\d)[\d\s._/-]*[OoIl][\dOoIl\s._/-]*\Z")


@dataclass(frozen=True, slots=True)
class _Item:
    """A part of a text: a Number or a Month with its value, or a marker; ``gap`` is what follows it."""

    kind: str
    value: int = 0
    width: int = 0
    gap: str = ""


def _plain(text: str) -> str:
    spread = unicodedata.normalize("NFKD", text.strip().casefold().translate(_DASHES))
    return "".join(c for c in spread if not unicodedata.combining(c))


def _items(text: str) -> tuple[list[_Item], bool]:
    """The parts of a text, and whether a month's name had to be guessed; no parts if it is something else."""
    items: list[_Item] = []
    at, doubtful = 0, False
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or not _SOFT.match(gap := re.sub(r"\s+", "", match[2])):
            return [], False
        joined, at = at > 0 and text[at - 1].isdecimal(), match.end()
        word, spaced = match[1], gap or (" " if match[2] else "")
        if word.isdecimal():
            items.append(_Item("N", int(word), len(word), spaced))
        elif word in _FILLERS or (joined and word in _ORDINALS):
            continue
        elif word in _WORDS:
            kind, value = _WORDS[word]
            items.append(_Item(kind, value, 1, spaced))
        elif len(word) > 3 and (near := difflib.get_close_matches(word, _FULL, 1, 0.8)):
            doubtful = True
            items.append(_Item("M", _FULL[near[0]], 0, spaced))
        else:
            return [], False
    return items, doubtful


def _words() -> dict[str, tuple[str, int]]:
    """Every word that is known: months with all beginnings of three letters that mean one month only."""
    meanings: dict[str, set[int]] = {}
    for name, month in [*_FULL.items(), *_IRREGULAR.items()]:
        for length in range(3, len(name) + 1):
            meanings.setdefault(name[:length], set()).add(month)
    found = {text: ("M", months.pop()) for text, months in meanings.items() if len(months) == 1}
    found |= {word: (kind, 0) for kind, words in _MARKERS.items() for word in words.split()}
    return found | {word: ("N", n) for n, words in enumerate(_NUMBERS, 1) for word in words.split()}


_FULL = {name: month for names in _MONTH_NAMES for month, name in enumerate(names.split(), 1)}
_WORDS = _words()


def _year(item: _Item) -> int | None:
    """A year in four digits, or in two: 80 to 99 are of the last century."""
    if item.width == 4:
        return item.value if 1901 <= item.value <= 9998 else None
    return (2000 if item.value < 80 else 1900) + item.value if item.width == 2 else None


def _named(year: int | None, suffix: str, short: bool = False) -> Moment:
    text = f"{year}{suffix}"
    return Moment("period", period=text, short=short) if year and parse_period(text) else _IMPOSSIBLE


def _day(year: int | None, month: int, day: int) -> date | None:
    try:
        return date(year or 0, month, day)
    except ValueError:
        return None


def _on(year: int | None, month: int, day: int) -> Moment:
    found = _day(year, month, day)
    return _IMPOSSIBLE if found is None else Moment("day", day=found)


def _single(items: list[_Item]) -> Moment:
    """``202610``, ``20261231``, ``Jahr 2026``."""
    text = str(items[0].value)
    if items[0].width == 4:
        return _named(items[0].value, "")
    if items[0].width == 6:
        for year, month, sure in ((text[:4], text[4:], True), (text[2:], text[:2], False)):
            if "1950" <= year <= "2099" and 1 <= int(month) <= 12:
                name = f"{year}-{month}"
                return Moment("period", period=name) if sure else Moment("unknown", options=(name,))
    if items[0].width == 8 and "1950" <= text[:4] <= "2099":
        return _on(int(text[:4]), int(text[4:6]), int(text[6:]))
    return _UNKNOWN


def _two_numbers(items: list[_Item]) -> Moment:
    """``2026/10``, ``10-2026``; ``10/26`` is refused, for it is no month to everybody."""
    one, other = items
    if {one.width, other.width} & {3, 5, 6, 7, 8} or one.width + other.width > 6:
        return _UNKNOWN
    if one.width == 4 and other.width <= 2 and other.value > 12:
        follows = other.value == (one.value + 1) % 100  # the fiscal year 2024/25 is called 2025 here
        return Moment("unknown", options=(str(one.value + 1),)) if follows else _IMPOSSIBLE
    if one.width == 4 or other.width == 4:
        year, part = (one, other) if one.width == 4 else (other, one)
        if part.value > 12:
            week = _named(_year(year), f"-W{part.value:02d}")
            return Moment("unknown", options=(week.period,)) if week.period else _UNKNOWN
        return _named(_year(year), f"-{part.value:02d}")
    if 1 <= one.value <= 12 and other.width == 2:
        return Moment("unknown", options=(f"{_year(other)}-{one.value:02d}",))
    return _UNKNOWN


def _three_numbers(items: list[_Item]) -> Moment:
    """``2026-12-31``, ``31/12/2026``, ``12/31/26``, ``31.12.26``; dots always have the day first."""
    one, two, three = items
    if one.gap != two.gap or max(one.width, two.width) > 4 or two.width > 2:
        return _UNKNOWN
    if one.width == 4:
        return _on(one.value, two.value, three.value) if three.width <= 2 else _UNKNOWN
    year = _year(three)
    if year is None or one.width > 2:
        return _UNKNOWN
    european, american = _day(year, two.value, one.value), _day(year, one.value, two.value)
    if european and american and european != american and one.gap != ".":
        return Moment("ambiguous", options=(european.isoformat(), american.isoformat()))
    day = european or american
    return _IMPOSSIBLE if day is None else Moment("day", day=day)


def _month_year(items: list[_Item]) -> Moment:
    """``Nov 2024``, ``Nov-24``, ``2024 Nov``; ``7 Dec`` has no year."""
    month = next(item for item in items if item.kind == "M")
    number = next(item for item in items if item.kind == "N")
    if number.width == 2 and items[0] is number:
        return _YEARLESS if _day(_LEAP, month.value, number.value) else _IMPOSSIBLE
    year = _year(number)
    if year is None:
        return _YEARLESS if number.width < 3 else _UNKNOWN
    return _named(year, f"-{month.value:02d}", number.width == 2)


def _month_day(items: list[_Item]) -> Moment:
    """``7 Dec 2026``, ``2026 Dec 7``, ``December 7, 2026``."""
    month = next(item for item in items if item.kind == "M")
    one, other = (item for item in items if item.kind == "N")
    day, year = (other, one) if one.width == 4 and items[0] is one else (one, other)
    if day.width > 2 or _year(year) is None:
        return _UNKNOWN
    return _on(_year(year), month.value, day.value)


_LEAP = 2024  # a year that has every day
_PLACES = {"Q": ("Q", 4, 1), "H": ("H", 2, 1), "W": ("W", 53, 2)}


def _part_of_year(items: list[_Item]) -> Moment:
    """``Q3 2024``, ``3Q24``, ``2024 Q3``, ``FY24 Q3``, ``KW45/2024``, ``1. Halbjahr 2026``, ``S45 2024``."""
    marker = next(item.kind for item in items if item.kind in "QHWS")
    one, other = (item for item in items if item.kind == "N")
    order = "".join(item.kind for item in items)
    year_first = order in {"YNNQ", "YNQN", "YNHN", "YNWN"} or (one.width == 4 and other.width <= 2)
    place, year = (other, one) if year_first else (one, other)
    if marker == "S":
        return _french(place, _year(year))
    sign, most, digits = _PLACES[marker]
    if _year(year) is None or place.width > 2 or not 1 <= place.value <= most:
        if one.width == 2 and other.width <= digits and order[0] == "N" and 1 <= other.value <= most:
            return Moment("unknown", options=(f"{_year(one)}-{sign}{other.value:0{digits}d}",))
        return _UNKNOWN if _year(year) is None else _IMPOSSIBLE
    return _named(_year(year), f"-{sign}{place.value:0{digits}d}")


def _french(place: _Item, year: int | None) -> Moment:
    if year is None or place.width > 2:
        return _UNKNOWN
    week = _named(year, f"-W{place.value:02d}")
    if place.value in (1, 2):
        return Moment("ambiguous", options=(f"{year}-H{place.value}", week.period))
    return week


def _fiscal(items: list[_Item]) -> Moment:
    """``FY2024``, ``FY24``, and ``FY24/25``, which is named by the year in which it ends."""
    years = [_year(item) for item in items if item.kind == "N"]
    if None in years or (len(years) == 2 and years[1] != (years[0] or 0) + 1):
        return _UNKNOWN
    return _named(years[-1], "")


def _fiscal_month(items: list[_Item]) -> Moment:
    """``FY27 Jun``, ``June FY2027``, ``June FY26/27``: the month that lies inside that fiscal year."""
    year = _fiscal([item for item in items if item.kind != "M"])
    month = next(item.value for item in items if item.kind == "M")
    found = _named(int(year.period), f"-{month:02d}") if year.period else _UNKNOWN
    return replace(found, fiscal=True) if found.period else found


_SHAPES = {
    **dict.fromkeys(("YNM", "MYN", "YNNM", "MYNN"), _fiscal_month),
    "N": _single, "NN": _two_numbers, "NNN": _three_numbers, "MN": _month_year, "NM": _month_year,
    "NMN": _month_day, "MNN": _month_day, "YN": _fiscal, "YNN": _fiscal,
    **{
        shape.replace("Q", kind): _part_of_year
        for kind in "QHWS"
        for shape in ("QNN", "NQN", "NNQ", "QNYN", "NQYN", "YNQN")
    },
}  # fmt: skip


def from_number(value: float) -> tuple[str, tuple[str, ...]]:
    """A number where a period belongs: its text, and what may have been typed before Excel made it a number.

    ``2026.10`` typed becomes 2026.1, which may be January or October; ``10.2020`` becomes 10.202.
    """
    text = str(int(value)) if value.is_integer() else repr(value)
    day = serial_day(value)
    if day is not None:
        return text, (f"{day.year}-{day.month:02d}",)
    head, _, tail = text.partition(".")
    if len(head) == 4 and tail == "1":
        return text, (f"{head}-10", f"{head}-01")
    if len(head) <= 2 and head.isdecimal() and 1 <= int(head) <= 12 and len(tail) in (2, 3):
        return text, (f"{tail:0<4}-{int(head):02d}",)
    return text, ()
