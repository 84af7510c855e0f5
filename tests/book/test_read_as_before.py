"""What pydantic reads in a cell is what was read before it did: value, misfit and hint."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qmsbook.book.parse import KINDS, parse
from qmsbook.book.table import Column, ErrorValue, Kind, Value, columns_of
from qmsbook.book.tables import SETTINGS, TABLES
from tests.support import parse_before

DECLARED = [column for record in TABLES for column in columns_of(record).values()]
COLUMNS: dict[Kind, list[Column]] = {kind: [] for kind in KINDS}
for each in (*DECLARED, *(spec.column for spec in SETTINGS)):
    COLUMNS[each.kind].append(each)
CHOICES = sorted({choice for each in DECLARED for choice in each.choices})
WORDS = """yes|No| x |ja|oui|95,1 %|1.234|1,234.5|1 234,5|-5|+5|5k|1e3|½|~5|Q3 2026|2026-10|10/2026|Oct 26
¾|KW 5|%
31.12.2026|02/03/2026|30 Feb 2026|20261231|K1, K2; K3|Foster, Erin|=A1|@x|-A1|+SUM(|{x}|{detail}|95 %|€ 5|five
higher|HIGHER |hgher|In Progress|Closed|Hoch|high|medium|all|threat|lag
\\|{{}}|\ud800|a\udfffb"""
CELLS = st.one_of(
    st.sampled_from(re.split(r"[|\n]", WORDS)),
    st.sampled_from(CHOICES),
    st.text(st.characters(), max_size=12),
    st.from_regex(r"\A[-+]?[0-9]{1,4}([.,' ][0-9]{1,3}){0,2} ?[%k€$]?\Z"),
    st.from_regex(r"\A[0-9]{1,4}[-./ ][0-9]{1,2}[-./ ][0-9]{1,4}\Z"),
    st.floats(allow_nan=False),
    st.integers(-5, 60000).map(float),
    st.booleans(),
    st.dates(date(1990, 1, 1), date(2100, 1, 1)),
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)),
    st.none(),
    st.sampled_from([ErrorValue("#N/A"), ErrorValue("#DIV/0!")]),
)


def _figure(draw: Random) -> str:
    """A number as people write one, or nearly."""
    groups = "".join(
        draw.choice(".,' ") + "0123456789"[: draw.randint(1, 9)][-3:] for _ in range(draw.randint(0, 2))
    )
    sign, unit = draw.choice(["", "-", "+", "<", "~"]), draw.choice(["", " ", "%", "k", "€"])
    return f"{sign}{draw.randint(0, 9999)}{groups}{unit}"


def _text(draw: Random) -> str:
    ranges = ((32, 126), (160, 0x2FFF))
    return "".join(chr(draw.randint(*draw.choice(ranges))) for _ in range(draw.randint(0, 12)))


def _day(draw: Random) -> str:
    sign = draw.choice("-./ ")
    first, second, last = draw.choice(
        [
            (draw.randint(1, 31), draw.randint(1, 13), draw.choice([24, 2026, 9999])),
            (draw.randint(1990, 2030), draw.randint(1, 13), draw.randint(1, 32)),
        ]
    )
    return f"{first}{sign}{second:02}{sign}{last}"


#: Cells as they come in workbooks, each made by a drawing of lots; a hundredth of what hypothesis takes.
MADE: Sequence[Callable[[Random], Value]] = (
    lambda draw: draw.choice(re.split(r"[|\n]", WORDS)),
    lambda draw: draw.choice(CHOICES),
    lambda draw: draw.choice(CHOICES).swapcase()[: draw.randint(1, 9)],
    _text,
    _figure,
    _day,
    lambda draw: draw.uniform(-1e6, 1e6),
    lambda draw: float(draw.randint(-5, 60_000)),
    lambda draw: draw.random() < 0.5,
    lambda draw: date.fromordinal(draw.randint(726_000, 767_000)),
    lambda draw: datetime(2026, 1, 1) + timedelta(minutes=draw.randint(-9**7, 9**7)),
    lambda draw: draw.choice([None, ErrorValue("#N/A"), ErrorValue("#DIV/0!")]),
)  # fmt: skip


def _same(column: Column, value: Value, decimal: str | None) -> None:
    now, before = parse(column, value, decimal), parse_before.parse(column, value, decimal)
    assert (now.value, now.misfit, now.detail) == (before.value, before.misfit, before.detail), value
    assert type(now.value) is type(before.value)


@pytest.mark.parametrize("kind", KINDS)
def test_five_thousand_cells_say_what_they_said_before(kind: Kind) -> None:
    draw = Random(20261130)
    for _ in range(5_000):
        _same(draw.choice(COLUMNS[kind]), draw.choice(MADE)(draw), draw.choice([None, ".", ","]))


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=500, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), decimal=st.sampled_from([None, ".", ","]))
def test_a_cell_says_what_it_said_before(kind: Kind, data: st.DataObject, decimal: str | None) -> None:
    column = data.draw(st.sampled_from(COLUMNS[kind]))
    _same(column, data.draw(CELLS), decimal)
