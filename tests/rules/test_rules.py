"""Every rule fires on exactly the cells of its bad example, stays silent on the good one, and says why.

And a whole workbook is told each cause once: golden books, one bad cell in every column, shuffled tables.
"""

from __future__ import annotations

import dataclasses
import re
from datetime import date
from pathlib import Path
from typing import ClassVar, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmsbook.book.book import Book
from qmsbook.book.reading import read_book
from qmsbook.book.table import Column, ErrorValue, Table, Value, columns_of
from qmsbook.book.tables import SETTINGS, TABLES, Settings, SettingSpec
from qmsbook.methods import assess
from qmsbook.rules import RULES, cells, check, rule_of
from qmsbook.rules.examples import read_example
from qmsbook.rules.rule import STAGES, Finding, Rule, Severity, collect, rule
from qmsbook.templates.company import Mistake, example_rows, mistakes

T = TypeVar("T")
BOOKS = Path(__file__).parent / "books"
EACH_RULE = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
ON = date(2026, 11, 10)


def golden(name: str) -> tuple[Table, ...]:
    """The tables of one golden book."""
    return read_example((BOOKS / f"{name}.md").read_text(encoding="utf-8")).tables


CLEAN = golden("clean")


def found_in(tables: tuple[Table, ...], stage: str = "audit-ready") -> list[Finding]:
    return check(read_book(tables, ON), stage=stage)  # type: ignore[arg-type]  # a stage


def places(findings: list[Finding]) -> list[tuple[str, str]]:
    return sorted((str(finding.at or ""), finding.code) for finding in findings)


def alone(rule: Rule, text: str) -> list[str]:
    """Where one rule fires on an example."""
    book = read_example(text).book
    return sorted(str(finding.at) for finding in check(book, rules=[rule], stage="audit-ready"))


# -- each rule by itself


@EACH_RULE
def test_fires_on_exactly_the_marked_cells(rule: Rule) -> None:
    marked = sorted(map(str, read_example(rule.bad).marked))
    assert marked, "the bad example marks no cell"
    assert alone(rule, rule.bad) == marked


@EACH_RULE
def test_is_silent_on_the_good_example(rule: Rule) -> None:
    assert alone(rule, rule.good) == []


@EACH_RULE
def test_documentation_is_complete(rule: Rule) -> None:
    assert rule.title.endswith(".")
    assert len(rule.title) < 90
    assert len(rule.why) > 60
    assert len(rule.fix) > 20
    assert re.fullmatch(r"[A-Z]{3}\d{3}", rule.code)
    assert re.fullmatch(r"|\d{1,2}(\.\d)*", rule.clause)
    assert rule_of(rule.code.lower()) is rule


@EACH_RULE
def test_words_are_plain(rule: Rule) -> None:
    book = read_example(rule.bad).book
    for finding in check(book, rules=[rule], stage="audit-ready"):
        assert finding.message.endswith((".", "?"))
        assert not re.search(r"\b([Ee]rror:|[Ii]nvalid|[Pp]lease|None)\b|\(\)", finding.message)
        assert "  " not in finding.message
        assert finding.fix.endswith((".", "?", ")"))


def test_codes_are_unique_and_in_order() -> None:
    codes = [each.code for each in RULES]
    assert len(codes) == len(set(codes))
    for family in {each.family for each in RULES}:
        mine = [code for code in codes if code.startswith(family)]
        assert mine == sorted(mine)


def test_a_code_used_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="used twice: WBK008"):
        collect((cells, cells))


def test_a_rule_without_an_example_is_refused() -> None:
    def untold(book: Book) -> list[tuple[None, str]]:
        """A title.

        Why
            Because.
        """
        return []

    with pytest.raises(ValueError, match="untold lacks Bad, Fix, Good"):
        rule("XXX001", Severity.ADVICE)(untold)


# -- whole workbooks


def test_a_clean_plan_gives_nothing() -> None:
    assert found_in(CLEAN) == []


def test_an_empty_plan_gives_nothing() -> None:
    tables = tuple(Table(t.name, t.sheet, 1, 1, t.headers, tuple([] for _ in t.headers)) for t in CLEAN)
    assert found_in(tables) == []


def test_no_table_at_all() -> None:
    assert places(found_in(())) == [("", "WBK001")] * 4 + [("", "WBK004")]


def test_tangled_links() -> None:
    assert places(found_in(golden("tangled"), "start")) == [
        ("", "WBK004"),
        ("Goals!A4", "CAS002"),
        ("Goals!C3", "OWN005"),
        ("Goals!D4", "VIT011"),
        ("Goals!E3", "CAS006"),
        ("KPIs!A5", "MEA012"),
        ("KPIs!A7", "MEA012"),
        ("KPIs!C5", "CAS010"),
        ("KPIs!C7", "CAS005"),
        ("KPIs!D3", "WBK028"),
        ("KPIs!E3", "OWN002"),
        ("KPIs!H4", "KPI001"),
        ("Objectives!A3", "VIT007"),
        ("Objectives!A5", "CAS003"),
        ("Objectives!C3", "WBK029"),
        ("Objectives!C4", "WBK025"),
        ("Objectives!C7", "CAS007"),
        ("Objectives!D5", "CAS016"),
        ("Objectives!E4", "OWN003"),
        ("Objectives!F4", "CAS022"),
        ("Objectives!F6", "OBJ014"),
        ("People!D4", "OWN009"),
    ]


def test_slips_in_figures() -> None:
    assert places(found_in(golden("figures"), "start")) == [
        ("", "WBK004"),
        ("Measurements!A17", "MEA001"),
        ("Measurements!A18", "MEA013"),
        ("Measurements!B12", "MEA002"),
        ("Measurements!B13", "MEA004"),
        ("Measurements!B14", "MEA003"),
        ("Measurements!B16", "MEA005"),
        ("Measurements!B19", "MEA014"),
        ("Measurements!C10", "MEA010"),
        ("Measurements!C2", "WBK015"),
        ("Measurements!C20", "WBK009"),
        ("Measurements!C4", "MEA006"),
        ("Measurements!E6", "MEA008"),
        ("Measurements!F5", "MEA007"),
        ("Objectives!D2", "OBJ012"),
    ]


def test_checking_twice_gives_the_same() -> None:
    book = read_book(golden("tangled"), ON)
    assert check(book) == check(book)


def test_worst_comes_first() -> None:
    ranks = [list(Severity).index(finding.severity) for finding in found_in(golden("tangled"))]
    assert ranks == sorted(ranks)


def test_a_finding_knows_its_place() -> None:
    finding = next(f for f in found_in(golden("tangled")) if f.code == "OWN002")
    assert (finding.table, finding.row, finding.column) == ("KPIs", "K02", "Owner")
    assert (finding.value, finding.owner) == ("Erin Forster", "Erin Foster")  # a slip: she is there
    assert str(finding).startswith('KPIs!E3 OWN002 KPI K02 (Quotes) is owned by "Erin Forster"')


# -- thresholds


@pytest.mark.parametrize(
    ("code", "setting", "value"),
    [
        ("PLN004", "Plan renewal months", 11), ("PLN009", "Vital few error above", 8),
        ("OBJ006", "KPIs per objective", 4), ("OBJ008", "Objective review months", 24),
        ("EVO003", "Target unrevised months", 60), ("EVO004", "Always missed periods", 5),
        ("EVO005", "Reopen misses", 3), ("EVO007", "Same objective years", 9),
        ("OUT004", "Compliance percent", 60), ("REV001", "Review interval months", 12),
        ("REV018", "Input stale days", 5), ("REV019", "Input stale days", 5),
        ("VOI002", "Idea unanswered days", 90), ("EVO001", "Always met months", 9),
        ("EVO002", "Always met months", 9), ("EVO008", "Trial limits below", 30),
        ("EVO009", "Trial limits below", 30), ("EVO010", "Trial limits below", 30),
        ("VIT002", "Vital few at least", 0), ("VIT003", "Vital few at most", 20),
        ("VIT008", "Vital few per owner", 9), ("VIT010", "Plan size", 200),
        ("OWN006", "Quality role percent", 100), ("OWN006", "Quality role from items", 50),
        ("OWN007", "Phantom owner periods", 9), ("MEA010", "Scale slip factor", 3000),
        ("MEA016", "Identical values", 20), ("RSK006", "Risk appetite", 25),
        ("RSK007", "Risk review months", 60), ("RSK011", "Risk appetite", 25),
        ("RSK012", "Action effect days", 900), ("RSK013", "Off track in a row", 9),
        ("ACT006", "Action effect days", 900), ("ACT010", "Carried warning", 9),
        ("CAS023", "Review interval months", 24), ("CAS026", "Cascade broken periods", 12),
        ("CAS027", "Cascade broken periods", 12), ("OUT005", "KPI unused months", 24),
    ],
)  # fmt: skip
def test_a_changed_setting_changes_the_findings(code: str, setting: str, value: int) -> None:
    each = rule_of(code)
    assert each is not None
    assert f"*{setting}*" in each.why
    tables = [t for t in read_example(each.bad).tables if t.name != "Settings"]
    settings = Table("Settings", "Settings", 1, 1, ("Setting", "Value"), ([setting], [float(value)]))
    on = read_example(each.bad).on
    assert check(read_book((*tables, settings), on), rules=[each], stage="audit-ready") == []


#: What a rule asks only to leave the matter to another rule, by the thresholds that this one names.
LEFT_TO_OTHERS = {
    "EVO004": {"off_track_in_a_row", "off_track_as_it_runs"}, "EVO008": {"off_track_as_it_runs"},
    "EVO010": {"reopen_misses"}, "ACT005": {"reopen_misses"},
    "ACT012": {"reopen_misses"}, "ACT013": {"reopen_misses"},
    "OUT005": {"always_met_months", "always_met_quarters", "always_met_years"},
    "RSK013": {"risk_review_months"},
}  # fmt: skip
#: Settings that belong to how figures are worked out (docs/methods.md) or to the year, not to one rule.
NO_THRESHOLDS = {"fiscal_year_start_month", "baseline_points", "rare_events_percent", "too_few_points"}


class Watched(Settings):
    """Settings that remember which of them were asked for."""

    asked: ClassVar[set[str]] = set()

    def __getattribute__(self, name: str) -> object:
        Watched.asked.add(name)
        return super().__getattribute__(name)


@EACH_RULE
def test_every_threshold_that_a_rule_asks_for_is_named_in_its_reason(rule: Rule) -> None:
    book = read_example(rule.bad).book
    given = {name: getattr(book.settings, name) for name in Settings.model_fields}
    book = book.changed(settings=Watched(**given))
    assessed = assess(book)
    Watched.asked.clear()
    list(rule.problems(book, assessed))
    numbers = {spec.field: spec.name for spec in SETTINGS if spec.kind == "number"}
    wanted = Watched.asked & numbers.keys() - NO_THRESHOLDS - LEFT_TO_OTHERS.get(rule.code, set())
    if rule.code != "WBK038":  # it holds settings against one another
        assert [numbers[name] for name in wanted if f"*{numbers[name]}*" not in rule.why] == []


@pytest.mark.parametrize(
    "spec", [s for s in SETTINGS if s.kind not in ("text", "list")], ids=lambda s: s.name
)
def test_a_bad_setting_is_one_finding(spec: SettingSpec) -> None:
    settings = Table("Settings", "Settings", 1, 1, ("Setting", "Value"), ([spec.name], ["qwerty"]))
    tables = tuple(table for table in CLEAN if table.name != "Settings")
    found = check(read_book((*tables, settings), ON), stage="audit-ready")
    assert [(f.code, f.row) for f in found] == [("WBK035", spec.name)]


# -- stages


def test_a_higher_stage_only_adds() -> None:
    tables = example_tables(True)
    seen: set[tuple[str, str]] = set()
    for stage in STAGES:
        now = set(places(found_in(tables, stage)))
        assert seen <= now
        seen = now
    assert len(seen) > len(places(found_in(tables, "start")))


def test_the_stage_is_that_of_the_settings() -> None:
    text = (
        "Settings\n| Setting | Value |\n|---|---|\n| Stage | {} |\n\n"
        "KPIs\n| KPI | Data source |\n|---|---|\n| K07 | |"
    )
    by_stage = {s: [f.code for f in check(read_example(text.format(s)).book)] for s in STAGES}
    assert "KPI006" in by_stage["audit-ready"]
    assert "KPI006" not in by_stage["run"]


# -- one bad cell, one finding


def bad_cells() -> list[tuple[str, str, str]]:
    """Table, header and kind of mistake for every column that people fill."""
    found = []
    for record in TABLES:
        for column in columns_of(record).values():
            if not column.computed and (record.TABLE, column.header) != ("Settings", "Setting"):
                found += [(record.TABLE, column.header, kind) for kind in ("#N/A", *_wrong(column))]
    return found


def _wrong(column: Column) -> list[str]:
    wrong = {"number": ["word"], "date": ["word", "no such day"], "flag": ["word"], "period": ["word"]}
    wrong |= {"ref": ["stranger"], "refs": ["stranger"]}
    if column.kind == "choice":
        return [] if column.suggest else ["word"]
    return wrong.get(column.kind, [])


def spoilt(tables: tuple[Table, ...], name: str, header: str, row: int, value: Value) -> tuple[Table, ...]:
    """The tables with one cell changed."""
    found = []
    for table in tables:
        if table.name == name:
            columns = [list(values) for values in table.columns]
            columns[table.headers.index(header)][row] = value
            table = dataclasses.replace(table, columns=tuple(columns))
        found.append(table)
    return tuple(found)


VALUES: dict[str, Value] = {
    "#N/A": ErrorValue("#N/A"), "word": "qwerty", "stranger": "Zz 99", "no such day": "2026-02-30",
}  # fmt: skip


@pytest.mark.parametrize(("name", "header", "kind"), bad_cells())
def test_one_bad_cell_gives_one_finding(name: str, header: str, kind: str) -> None:
    table = next(table for table in CLEAN if table.name == name)
    for row in range(table.rows):
        findings = found_in(spoilt(CLEAN, name, header, row, VALUES[kind]))
        left_in_peace = kind == "stranger" and not findings and header in {"Owner", "Control owner"}
        if not left_in_peace:
            at = str(table.cell(row, table.headers.index(header)))
            assert [str(finding.at) for finding in findings] == [at], findings


@pytest.mark.parametrize(
    ("name", "header"),
    [(r.TABLE, c.header) for r in TABLES for c in columns_of(r).values() if c.essential],
)
def test_an_essential_column_that_is_missing_gives_one_finding(name: str, header: str) -> None:
    tables = []
    for table in CLEAN:
        if table.name == name:
            place = table.headers.index(header)
            table = dataclasses.replace(
                table, headers=_without(table.headers, place), columns=_without(table.columns, place),
                formulas=(), percent=(),
            )  # fmt: skip
        tables.append(table)
    codes = [finding.code for finding in found_in(tuple(tables))]
    assert codes in (["WBK005"], ["WBK006"])


def _without(values: tuple[T, ...], place: int) -> tuple[T, ...]:
    return values[:place] + values[place + 1 :]


@pytest.mark.parametrize("name", [record.TABLE for record in TABLES])
def test_a_missing_table_gives_one_finding(name: str) -> None:
    codes = [finding.code for finding in found_in(tuple(t for t in CLEAN if t.name != name))]
    required = {"Goals", "Objectives", "KPIs", "Measurements"}
    assert codes == (["WBK001"] if name in required else ["WBK004"])


# -- order does not matter


def shuffled(table: Table, rows: list[int], columns: list[int]) -> Table:
    """The same table, moved, with rows and columns in another order and a column of the user's."""
    headers = [table.headers[place] for place in columns]
    values = [[table.columns[place][row] for row in rows] for place in columns]
    return Table(
        table.name, "Moved " + table.sheet, table.row + 3, table.column + 2, ("Mine", *headers),
        ([f"note {row}" for row in rows], *values),
    )  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_order_and_own_columns_change_only_addresses(data: st.DataObject) -> None:
    for name in ("tangled", "clean"):
        tables = golden(name)
        moved = []
        for table in tables:
            rows = data.draw(st.permutations(range(table.rows)))
            columns = data.draw(st.permutations(range(len(table.headers))))
            moved.append(shuffled(table, rows, columns))
        order = data.draw(st.permutations(range(len(moved))))
        assert said(found_in(tuple(moved[at] for at in order))) == said(found_in(tables))


def said(findings: list[Finding]) -> list[tuple[object, ...]]:
    """What findings say but for where: the rank of two goals may be told of either."""
    return sorted(
        (f.code, str(f.severity), f.table, f.row or "", f.column or "", f.message) for f in findings
    )


# -- waivers


WAIVED = """
Objectives
| Objective | Vital few | Owner |
|-----------|-----------|-------|
| O1        | no        |       |
| O2        | no        |       |

Waivers
| Code   | Row  | Reason   | By          | Until      |
|--------|------|----------|-------------|------------|
{}
"""


def waived(row: str) -> dict[str | None, bool]:
    book = read_example(WAIVED.format(row)).book
    return {f.row: f.waived for f in check(book, rules=[each for each in RULES if each.code == "OWN001"])}


def test_a_waiver_marks_one_finding_on_one_row() -> None:
    assert waived("| own001 | o1 | New hire | Erin Foster | 2026-12-31 |") == {"O1": True, "O2": False}


@pytest.mark.parametrize(
    "row",
    [
        "| OWN001 | O1 |          | Erin Foster | 2026-12-31 |",
        "| OWN001 | O1 | New hire |             | 2026-12-31 |",
        "| OWN001 | O1 | New hire | Erin Foster |            |",
        "| OWN001 | O1 | New hire | Erin Foster | 2026-11-09 |",
        "| CAS003 | O1 | New hire | Erin Foster | 2026-12-31 |",
        "| OWN001 |    | New hire | Erin Foster | 2026-12-31 |",
    ],
)
def test_a_faulty_waiver_silences_nothing(row: str) -> None:
    assert waived(row) == {"O1": False, "O2": False}


def test_a_waiver_counts_to_its_last_day() -> None:
    assert waived("| OWN001 | O1 | New hire | Erin Foster | 2026-11-10 |")["O1"]


def test_a_waiver_for_a_reading() -> None:
    tables = list(golden("figures"))
    waiver = read_example(
        "Waivers\n| Code | Row | Reason | By | Until |\n|-|-|-|-|-|\n"
        "| MEA006 | K01@2026-07 | Checked by hand | Erin Foster | 2026-12-31 |"
    )
    findings = found_in((*tables, *waiver.tables))
    assert [f.row for f in findings if f.waived] == ["K01@2026-07"]
    assert findings[-1].waived


# -- did you mean


@pytest.mark.parametrize(
    ("typed", "hint"),
    [("O12", "O1.2"), ("01.2", "O1.2"), ("O1,2", "O1.2"), ("O.1.3", "O1.3"), ("Quark", "")],
)
def test_did_you_mean(typed: str, hint: str) -> None:
    text = (
        "Objectives\n| Objective |\n|---|\n| O1.2 |\n| O1.3 |\n| O2.1 |\n\n"
        "KPIs\n| KPI | Supports |\n|---|---|\n| K07 | {} |"
    )
    book = read_example(text.format(typed.replace(",", "-"))).book
    finding = next(f for f in check(book) if f.code == "WBK030")
    assert (f"Did you mean {hint}?" in finding.fix) if hint else ("Did you mean" not in finding.fix)


@pytest.mark.parametrize(
    ("typed", "column", "fix"),
    [
        ("n/a", "Target", "Leave the cell blank: a blank is understood"),
        ("about 95", "Target", "Type the number alone"), ("soon", "Target", "Type the value again"),
        ("Dec 2026", "Baseline on", "Type one day, such as 2026-12-31"),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be_read_says_what_to_type(typed: str, column: str, fix: str) -> None:
    found = found_in(spoilt(CLEAN, "KPIs", column, 0, typed))
    assert [f.code for f in found] == ["WBK008"]
    assert found[0].fix.startswith(fix)


def test_a_dash_for_a_reading_asks_for_a_comment() -> None:
    found = found_in(spoilt(CLEAN, "Measurements", "Value", 0, "-"))
    assert "say why under *Comment*" in found[0].fix


def test_a_goal_named_beside_its_objective_is_only_one_id_too_many() -> None:
    found = found_in(spoilt(CLEAN, "KPIs", "Supports", 0, "O1.1, G1"))
    assert [(f.code, f.severity) for f in found] == [("CAS005", Severity.WARNING)]
    assert "leads through O1.1" in found[0].fix


def test_an_owner_named_by_role_is_told_the_person() -> None:
    tables = spoilt(CLEAN, "KPIs", "Owner", 0, "Quality Manager")
    assert ["Did you mean Tom Hayes?" in f.fix for f in found_in(tables)] == [True]


# -- the example company


def example_tables(with_mistakes: bool, only: Mistake | None = None) -> tuple[Table, ...]:
    """The example's rows as tables, all declared columns included."""
    from qmsbook.templates import company

    rows = example_rows(with_mistakes)
    if only is not None:
        company._make(rows[only.table], only)
    found = []
    for record in TABLES:
        headers = [c.header for c in columns_of(record).values() if not c.computed]
        values = tuple([row.get(header) for row in rows[record.TABLE]] for header in headers)
        found.append(Table(record.TABLE, record.TABLE, 1, 1, tuple(headers), values))
    return tuple(found)


def test_the_example_without_mistakes_is_in_order() -> None:
    findings = [f for f in found_in(example_tables(False)) if not f.waived]
    assert {f.severity for f in findings} <= {Severity.ADVICE}


def test_all_mistakes_together_hide_none() -> None:
    codes = [finding.code for finding in found_in(example_tables(True))]
    assert [m.code for m in mistakes() if m.code and m.code not in codes] == []


def test_mistakes_of_the_built_families_have_a_rule() -> None:
    families = {each.family for each in RULES}
    waiting = [m.problem for m in mistakes() if not m.code]
    assert waiting == []
    assert all(m.code[:3] in families for m in mistakes() if m.code)


@pytest.mark.parametrize("mistake", [m for m in mistakes() if m.code], ids=lambda m: f"{m.row}-{m.code}")
def test_each_mistake_alone_gives_its_one_finding(mistake: Mistake) -> None:
    def told(tables: tuple[Table, ...]) -> list[str]:
        return sorted(
            f.code for f in found_in(tables) if f.severity != Severity.ADVICE or f.code == mistake.code
        )

    added = told(example_tables(False, mistake))
    for code in told(example_tables(False)):
        added.remove(code)
    assert added == [mistake.code]


# -- size


def test_ten_thousand_unknown_ids_are_told_in_reasonable_time() -> None:
    ids = [f"K{n:05}" for n in range(2000)]
    kpis = Table("KPIs", "KPIs", 1, 1, ("KPI", "Name"), (list(ids), list(ids)))
    strangers: list[Value] = [f"Q{n:05}" for n in range(10_000)]
    readings = Table(
        "Measurements",
        "M",
        1,
        1,
        ("KPI", "Period", "Value"),
        (strangers, ["2026-10"] * 10_000, [1.0] * 10_000),
    )
    codes = [f.code for f in found_in((kpis, readings), "start")]
    assert codes.count("MEA001") == 10_000
