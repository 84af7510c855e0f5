"""One cell at a time: what it means to its column, and what is said when it does not fit."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsbook.book.near import did_you_mean, near
from qmsbook.book.parse import (
    HARMLESS,
    KINDS,
    number_from_text,
    parse,
    plain_text,
    settle_decimal,
    split_ids,
    squeezed,
)
from qmsbook.book.table import Column, ErrorValue, Value


def column(kind: str, **more: Any) -> Column:
    return Column(header="Cell", help="", example=None, kind=kind, **more)  # type: ignore[arg-type]  # a kind


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("95.1%", (95.1, "%")), ("95,1 %", (95.1, "%")), ("1,234.5", (1234.5, "")), ("1.234,5", (1234.5, "")),
        ("12 h", (12.0, "h")), ("12h", (12.0, "h")), ("$1,234.50", (1234.5, "")), ("1 234,5", (1234.5, "")),
        ("1'234'567", (1234567.0, "")), ("-3.5", (-3.5, "")), ("−3.5", (-3.5, "")), (".5", (0.5, "")),
        ("0,250", (0.25, "")), ("1,234,567", (1234567.0, "")), ("1.5 $k", None), ("12 out of 15", None),
        ("5 5", None), ("95 98", None), ("12 5 h", None), ("12 345", (12345.0, "")),
        ("1.234,50 €", (1234.5, "€")), ("1 234,5 EUR", (1234.5, "EUR")),
        ("1,234", "ambiguous"), ("1.234", "ambiguous"), ("12.34.56", None), ("1,23,4", None), ("abc", None),
        ("", None), ("1e3", None), ("2026-10", None), ("3/4", None), ("1234,5", (1234.5, "")),
    ],
)  # fmt: skip
def test_numbers_kept_as_text(text: str, meaning: object) -> None:
    assert number_from_text(text) == meaning


@pytest.mark.parametrize(("decimal", "meaning"), [(".", 1234.0), (",", 1.234), (None, "ambiguous")])
def test_an_ambiguous_number_is_settled_by_its_neighbours(decimal: str | None, meaning: object) -> None:
    found = number_from_text("1,234", decimal)
    assert (found[0] if isinstance(found, tuple) else found) == meaning


def test_the_texts_of_a_workbook_agree_on_a_decimal_sign_or_not() -> None:
    assert settle_decimal(["1.5", "1,234.5", "95%"]) == "."
    assert settle_decimal(["1,5", "12"]) == ","
    assert settle_decimal(["1,5", "1.5"]) is None
    assert settle_decimal(["1,234", "95", "word"]) is None


@given(st.floats(-1e9, 1e9).map(lambda x: round(x, 3)))
def test_a_number_with_its_thousands_apart_is_read_back(value: float) -> None:
    english = number_from_text(f"{value:,.4f}")
    german = number_from_text(f"{value:,.4f}".translate(str.maketrans(",.", ".,")))
    assert isinstance(english, tuple)
    assert isinstance(german, tuple)
    assert english[0] == pytest.approx(value)
    assert german[0] == pytest.approx(value)


@pytest.mark.parametrize(
    ("value", "meaning", "misfit"),
    [
        (None, None, None), ("  ", None, None), (95.0, 95.0, None), ("95.1%", 95.1, "number as text"),
        ("1,234", None, "ambiguous number"), ("soon", None, "wrong type"), (True, None, "wrong type"),
        (date(2026, 1, 1), None, "wrong type"), (ErrorValue("#N/A"), None, "error value"),
    ],
)  # fmt: skip
def test_number(value: Value, meaning: object, misfit: str | None) -> None:
    parsed = parse(column("number"), value)
    assert (parsed.value, parsed.misfit) == (meaning, misfit)


@pytest.mark.parametrize("value", [0.0, 6.0, 2.5, "7"])
def test_a_number_off_its_scale_counts_as_blank(value: Value) -> None:
    parsed = parse(column("number", low=1, high=5, whole=True), value)
    assert (parsed.value, parsed.misfit) == (None, "off the scale")
    assert parsed.detail == "Cell takes a whole number from 1 to 5."


@pytest.mark.parametrize(
    ("value", "meaning", "misfit"),
    [
        (date(2026, 10, 31), date(2026, 10, 31), None),
        (datetime(2026, 10, 31, 14, 5), date(2026, 10, 31), None),
        ("2026-10-31", date(2026, 10, 31), "date as text"),
        ("31.10.2026", date(2026, 10, 31), "date as text"),
        ("2026-11-31", None, "impossible date"),
        ("10/11/2026", None, "ambiguous date"),  # the 10th of November, or the 11th of October
        (46000.0, None, "wrong type"),
        ("soon", None, "wrong type"),
    ],
)
def test_date(value: Value, meaning: object, misfit: str | None) -> None:
    parsed = parse(column("date"), value)
    assert (parsed.value, parsed.misfit) == (meaning, misfit)


@pytest.mark.parametrize(
    ("value", "meaning"),
    [(True, True), (False, False), ("Yes", True), (" x ", True), ("NO", False), (1.0, True), (0.0, False)],
)
def test_flag(value: Value, meaning: bool) -> None:
    assert parse(column("flag"), value).value is meaning


def test_a_flag_that_is_neither() -> None:
    parsed = parse(column("flag"), "perhaps")
    assert (parsed.value, parsed.misfit) == (None, "unknown choice")


def test_a_choice_ignores_case_and_spaces_and_helps() -> None:
    choices = column("choice", choices=("year to date", "rolling 12"))
    assert parse(choices, " Year  To Date ").value == "year to date"
    parsed = parse(choices, "roling 12")
    assert (parsed.value, parsed.misfit) == (None, "unknown choice")
    assert parsed.detail.endswith("Did you mean rolling 12?")


def test_a_suggested_choice_may_be_ones_own_words() -> None:
    assert parse(column("choice", choices=("growth",), suggest=True), "peace").value == "peace"


@pytest.mark.parametrize(
    ("text", "looks"),
    [("=SUM(A1:A9)", True), ("=1", True), ("@cmd", True), ("+A1*2", True), ("-SUM(B2)", True),
     ("+12 % on last year", False), ("- late again", False), ("-5 pieces", False), ("a=b", False),
     ("=", False)],
)  # fmt: skip
def test_text_that_looks_like_a_formula(text: str, looks: bool) -> None:
    parsed = parse(column("text"), text)
    assert parsed.value == text
    assert (parsed.misfit == "formula-like text") is looks


def test_ids_stay_as_they_are() -> None:
    assert parse(column("id"), "007").value == "007"
    assert parse(column("id"), 7.0).value == "7"
    assert parse(column("id"), date(2026, 10, 1)).misfit == "wrong type"
    assert parse(column("refs"), "G1, G2;\nG3,G1,").value == ("G1", "G2", "G3")


def test_misfits_that_do_no_harm_keep_the_value() -> None:
    assert {
        "number as text", "date as text", "period in words", "date for a period", "formula-like text",
        "time as a number", "sign contradicts", "word of two meanings", "end of a fiscal year",
    } == HARMLESS  # fmt: skip


@given(st.one_of(st.none(), st.booleans(), st.floats(), st.text(), st.dates(), st.datetimes()))
def test_nothing_breaks_the_reader(value: Value) -> None:
    for kind in ("text", "number", "date", "flag", "choice", "id", "ref", "refs", "period", "any"):
        parsed = parse(column(kind, choices=("a", "b"), low=0, high=9), value)
        assert parsed.misfit is None or isinstance(parsed.detail, str)


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (7.0, "7"), (0.1, "0.1"), (True, "yes"), (" a ", "a"), (date(2026, 1, 2), "2026-01-02"),
     (datetime(2026, 1, 2), "2026-01-02"), (1e20, "1e+20")],
)  # fmt: skip
def test_plain_text(value: Value, text: str) -> None:
    assert plain_text(value) == text


def test_ids_are_compared_without_case_and_spaces() -> None:
    assert squeezed(" o 1.2\u00a0") == squeezed("O1.2")
    assert split_ids("") == ()


@pytest.mark.parametrize(
    ("typed", "known", "meant"),
    [
        ("O12", ["O1.1", "O1.2"], "O1.2"), ("k7", ["K07", "K17", "K70"], "K07"), ("01.2", ["O1.2"], "O1.2"),
        ("Erin Forster", ["Erin Foster", "Luis Ortega"], "Erin Foster"), ("zebra", ["K07"], None),
        ("anything", [], None),
    ],
)  # fmt: skip
def test_near_words(typed: str, known: list[str], meant: str | None) -> None:
    assert near(typed, known) == meant
    assert did_you_mean(typed, known) == (f"Did you mean {meant}?" if meant else "")


@pytest.mark.parametrize("numeral", ["➐", "①", "²", "𝟕", "٣", "Ⅶ", "½", "㊿"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_numeral_of_another_kind_is_read_or_refused(kind: str, numeral: str) -> None:
    """Python calls a digit what it cannot count with."""
    for text in (
        numeral,
        f"{numeral} May 2026",
        f"2026-{numeral}",
        f"Q{numeral} 2026",
        f"in {numeral} months",
    ):
        found = parse(column(kind), text)
        assert found.value is not None or found.misfit  # what is not read is told
