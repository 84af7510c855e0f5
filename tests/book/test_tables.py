"""The sixteen tables, held against the specification written out."""

from __future__ import annotations

import re
from datetime import date

import pytest

from qmsbook.book.parse import parse
from qmsbook.book.table import Column, Record, columns_of
from qmsbook.book.tables import SETTINGS, TABLES, Settings, setting_named

#: Essential | optional | computed columns of each table.
HEADERS: dict[str, tuple[str, str, str]] = {
    "Settings": ("Setting, Value", "", ""),
    "People": (
        "Person, Role",
        "Function, Process, Top management, Quality role, Front line, Email, Left on",
        "",
    ),
    "Processes": ("Process, Name, Owner, Core", "Customer", "Status, Check"),
    "Goals": (
        "Goal, Statement, Theme, Owner, Horizon, Rank, Result KPI",
        "Comes from, Weight",
        "Result, Status, Objectives, Check",
    ),
    "Objectives": (
        "Objective, Statement, Supports, Processes, Owner, Due, Vital few",
        "How it supports, Function, With, Basis, What will be done, Resources, How it is evaluated, Set on, "
        "Last changed, Last reviewed, Stage, Result, Keep because, Proposed by, Succeeds, Weight",
        "Status, Progress, KPIs, Advice, Check",
    ),
    "KPIs": (
        "KPI, Name, Supports, Process, Owner, Unit, Direction, Baseline, Target, Target on",
        "How it drives, How it is counted, Baseline on, Low, High, Lowest possible, Highest possible, "
        "Trajectory, Target is, Target set on, Tolerance, Frequency, Grace days, Aggregation, Numerator, "
        "Denominator, Scale, Kind, Weight, Vital, Seasonal, Data source, Proposed by, Rebase on, Active",
        "Latest, Period, Plan, Status, Real change?, Can it meet the target?, Progress, Reason, Check",
    ),
    "Targets": ("KPI, From, Planned", "Low, High, Until, Set on, Why, Agreed by", "Check"),
    "Measurements": (
        "KPI, Period, Value, Comment",
        "Numerator, Denominator, Entered by, Entered on",
        "Name, Unit, Owner, Previous, Actual, Plan, Status, Check",
    ),
    "Risks": (
        "Risk, Kind, Goal, Description, Likelihood, Impact, Controls, Control owner",
        "Objective, Vulnerability, Watched by, Response, Residual likelihood, Residual impact, Accepted by, "
        "Last reviewed, Effect of action, State",
        "Score, Residual score, Band, Check",
    ),
    "Actions": (
        "Action, What, Serves, Owner, Due, State",
        "Kind, From, Opened, Closed, Effect",
        "Age, Carried, Check",
    ),
    "Ideas": (
        "Idea, Raised by, What happens, Suggestion, Answer",
        "Raised on, Process, Kind, Answered on, Led to",
        "Check",
    ),
    "Context": ("Issue, Kind, Description, Relevant", "Since, Last reviewed", "Check"),
    "Inputs": ("Clause, Summary, As of", "Figures, Source, By, What we learned", "State, Check"),
    "Reviews": (
        "Review, Period, Held on, State",
        "Chair, Attended by, Suitability, Adequacy, Effectiveness, Alignment with strategy, Approved by, "
        "Next review on",
        "Closed on, Digest, History, Check",
    ),
    "Decisions": ("Decision, Review, Clause, Decision text, Owner, Due", "Concerns, Result", "Action, Check"),
    "Waivers": ("Code, Row, Reason, By, Until", "", "Check"),
}

CHOICES = {
    ("Objectives", "Basis"): (
        "customer requirement", "process performance", "risk", "opportunity", "continual improvement",
    ),
    ("Objectives", "Stage"): ("active", "monitor", "retired"),
    ("Objectives", "Result"): ("achieved", "partly", "not"),
    ("KPIs", "Direction"): ("higher", "lower", "within"),
    ("KPIs", "Trajectory"): ("linear", "step", "flat"),
    ("KPIs", "Target is"): ("each period", "year to date", "rolling 12", "since the start"),
    ("KPIs", "Frequency"): (
        "weekly", "monthly", "quarterly", "half-yearly", "yearly", "when it happens", "once"
    ),
    ("KPIs", "Aggregation"): ("sum", "average", "last", "minimum", "maximum", "ratio"),
    ("KPIs", "Kind"): ("lead", "lag"),
    ("Risks", "Kind"): ("threat", "opportunity"),
    ("Risks", "Vulnerability"): (
        "capacity", "suppliers", "skills", "cash flow", "compliance", "process variation", "other",
    ),
    ("Risks", "State"): ("open", "closed", "considered and none found"),
    ("Actions", "State"): ("open", "done", "dropped"),
    ("Actions", "From"): (
        "review", "risk", "KPI", "idea", "audit", "complaint", "nonconformity", "customer", "meeting",
    ),
    ("Ideas", "Kind"): ("rework", "delay", "repeating error", "customer pain", "other"),
    ("Context", "Kind"): ("external", "internal", "interested party", "climate change"),
    ("Reviews", "State"): ("planned", "draft", "closed"),
    ("Decisions", "Clause"): ("improvement", "QMS change", "resources", "none needed"),
}  # fmt: skip

tables = pytest.mark.parametrize("record", TABLES, ids=lambda record: record.TABLE)


def _headers(record: type[Record]) -> tuple[str, str, str]:
    columns = columns_of(record).values()
    groups: tuple[list[str], list[str], list[str]] = ([], [], [])
    for column in columns:
        groups[2 if column.computed else 0 if column.essential else 1].append(column.header)
    return ", ".join(groups[0]), ", ".join(groups[1]), ", ".join(groups[2])


def test_there_are_these_tables_in_this_order() -> None:
    assert [record.TABLE for record in TABLES] == list(HEADERS)
    assert {record.TABLE for record in TABLES if record.REQUIRED} == {
        "Goals", "Objectives", "KPIs", "Measurements",
    }  # fmt: skip


@tables
def test_headers_are_those_of_the_specification(record: type[Record]) -> None:
    assert _headers(record) == HEADERS[record.TABLE]


@tables
def test_essential_columns_stand_first_and_computed_ones_last(record: type[Record]) -> None:
    order = [2 if c.computed else 0 if c.essential else 1 for c in columns_of(record).values()]
    assert order == sorted(order)
    assert order.count(0) <= 10


@tables
def test_fields_are_named_after_their_headers(record: type[Record]) -> None:
    renamed = {"from": "from_", "row": "of_row", "with": "with_"}
    for name, column in columns_of(record).items():
        plain = re.sub(r"[^a-z ]", "", column.header.lower()).replace(" ", "_")
        assert name == ("id" if column.kind == "id" else renamed.get(plain, plain))
    assert next(iter(columns_of(record))) == record.KEY
    assert not record.NAME or record.NAME in columns_of(record)


@tables
def test_help_fits_an_input_message_and_is_a_sentence(record: type[Record]) -> None:
    for column in columns_of(record).values():
        assert 0 < len(column.help) <= 255
        assert column.help.endswith((".", "?", "..."))
        assert len(column.header) <= 32


@tables
def test_choices_fit_a_drop_down(record: type[Record]) -> None:
    for column in columns_of(record).values():
        assert len(",".join(column.choices)) <= 253
        assert not any("," in choice or '"' in choice for choice in column.choices)
        expected = CHOICES.get((record.TABLE, column.header))
        assert expected is None or column.choices == expected


@tables
def test_references_point_to_tables(record: type[Record]) -> None:
    for column in columns_of(record).values():
        assert bool(column.refers) == (column.kind in {"ref", "refs"})
        assert set(column.refers) <= {*HEADERS, "*"}


@tables
def test_examples_are_read_without_a_word_and_point_to_each_other(record: type[Record]) -> None:
    ids = {other.TABLE: columns_of(other)[other.KEY].example for other in TABLES}
    for column in columns_of(record).values():
        assert parse(column, column.example).misfit is None
        if column.refers and column.example:
            known = set(ids.values()) if column.refers == ("*",) else {ids[table] for table in column.refers}
            assert column.example in known
        if column.kind == "choice" and column.example and not column.suggest:
            assert column.example in column.choices


@tables
def test_blank_rows_have_harmless_defaults(record: type[Record]) -> None:
    blank = {
        "text": "",
        "id": "",
        "ref": "",
        "refs": (),
        "period": "",
        "number": None,
        "date": None,
        "any": None,
    }
    for column in columns_of(record).values():
        if column.kind in blank:
            assert column.default == blank[column.kind]
        else:
            assert column.default in (None, "", True, *column.choices)


def test_examples_are_consistent_days() -> None:
    def example(table: str, header: str) -> object:
        record = next(record for record in TABLES if table == record.TABLE)
        return _column(record, header).example

    assert example("KPIs", "Target on") <= example("Objectives", "Due") <= example("Goals", "Horizon")  # type: ignore[operator]
    assert example("KPIs", "Baseline on") < example("KPIs", "Target on")  # type: ignore[operator]
    assert example("Actions", "Opened") < example("Actions", "Due")  # type: ignore[operator]


def _column(record: type[Record], header: str) -> Column:
    return next(column for column in columns_of(record).values() if column.header == header)


def test_every_setting_is_one_attribute_with_its_default() -> None:
    held = Settings().model_dump()
    assert [spec.field for spec in SETTINGS] == list(held)
    for spec in SETTINGS:
        assert spec.field == re.sub(r"[^a-z0-9]+", "_", spec.name.lower())
        assert held[spec.field] == spec.default
        assert setting_named(spec.name.upper()) is spec
        assert 0 < len(spec.help) <= 255
        assert len(spec.name) <= 32
        if spec.kind == "choice":
            assert spec.default in spec.choices
        if spec.kind == "number" and spec.default is not None:
            assert spec.low is None or spec.default >= spec.low
            assert spec.high is None or spec.default <= spec.high
            assert not spec.whole or float(spec.default).is_integer()


def test_thresholds_have_the_defaults_of_the_specification() -> None:
    s = Settings()
    assert (s.vital_few_at_least, s.vital_few_at_most, s.vital_few_error_above, s.vital_few_per_owner) == (
        3,
        5,
        7,
        2,
    )
    assert (s.quality_role_percent, s.quality_role_percent_error, s.quality_role_from_items) == (33, 50, 6)
    assert (s.phantom_owner_periods, s.objective_review_months, s.plan_renewal_months) == (2, 12, 3)
    assert (s.kpis_per_objective, s.kpis_per_objective_warning, s.plan_size) == (3, 7, 60)
    assert (s.always_met_months, s.always_met_quarters, s.always_met_years) == (12, 4, 2)
    assert (s.target_unrevised_months, s.always_missed_periods, s.compliance_percent) == (24, 4, 25)
    assert (s.kpi_unused_months, s.identical_values, s.risk_review_months, s.risk_appetite) == (12, 6, 12, 12)
    assert (s.action_effect_days, s.carried_warning, s.carried_error) == (60, 2, 3)
    assert (s.idea_unanswered_days, s.input_stale_days, s.stage, s.spc_rule_set) == (30, 30, "start", "nhs")
    assert (s.grace_days, s.grace_days_weekly, s.review_name) == (10, 3, "Management review")
    assert (s.fiscal_year_start_month, s.iso_edition, s.paper, s.judged_on) == (1, "2015", "A4", None)


def test_a_setting_is_found_by_what_people_type() -> None:
    assert setting_named("company") is SETTINGS[0]
    assert setting_named("Compny") is None
    assert isinstance(Settings(judged_on=date(2026, 11, 10)).judged_on, date)
