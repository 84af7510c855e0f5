"""What rules make of natural limits: signals ask for words and deeds, noise is left in peace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pytest

from qmsbook.book.period import parse_period
from qmsbook.rules import check
from qmsbook.rules.examples import read_example
from qmsbook.rules.rule import Finding, Severity

#: Twelve and more readings that move of themselves: between 93 and 99, about 96.
STEADY = (96, 97, 95, 96, 98, 95, 96, 97, 95, 96, 97, 96)


def table(name: str, rows: Sequence[Mapping[str, object]]) -> str:
    headers = list(dict.fromkeys(header for row in rows for header in row))
    lines = ["| " + " | ".join(headers) + " |", "|" + "---|" * len(headers)]
    lines += ["| " + " | ".join(str(row.get(header, "")) for header in headers) + " |" for row in rows]
    return name + "\n" + "\n".join(lines) + "\n"


def readings(values: Sequence[float], comments: Mapping[int, str] | None = None) -> str:
    """Readings of K07, month by month up to October 2026; comments by their place, counted from 0."""
    period = parse_period("2026-10")
    assert period is not None
    months = []
    for _ in values:
        months.insert(0, period.text)
        period = period.previous
    rows = [
        {"KPI": "K07", "Period": month, "Value": value, "Comment": (comments or {}).get(at, "")}
        for at, (month, value) in enumerate(zip(months, values, strict=True))
    ]
    return table("Measurements", rows)


def kpi(**more: object) -> str:
    row = {
        "KPI": "K07", "Supports": "O1.2", "Direction": "higher", "Target": 95, "Baseline": 80,
        "Trajectory": "flat", "Target set on": "2025-01-20", "Tolerance": "0.02",
        "Highest possible": "", "Aggregation": "average",
    }  # fmt: skip
    return table("KPIs", [row | {header.replace("_", " "): value for header, value in more.items()}])


def objective(**more: object) -> str:
    row = {"Objective": "O1.2", "Stage": "active", "Last changed": "2026-01-20"}
    return table("Objectives", [row | {header.replace("_", " "): value for header, value in more.items()}])


ACTION = {"Action": "A11", "Serves": "K07", "State": "open", "Opened": "2026-10-12"}
GOAL = table("Goals", [{"Goal": "G1", "Result KPI": ""}])


def found(*parts: str) -> dict[str, Finding]:
    """The findings by code of a small book."""
    return {f.code: f for f in check(read_example("\n".join((GOAL, *parts))).book, stage="audit-ready")}


# -- a comment, an action, a look at the threat: on a signal


THREAT = table(
    "Risks", [{"Risk": "R03", "Kind": "threat", "Watched by": "K07", "Last reviewed": "2026-04-22"}]
)
NO_ACTION = table("Actions", [ACTION | {"State": "done", "Closed": "2026-10-30"}])
ASKED = {"MEA017", "ACT005", "RSK013"}


def test_noise_asks_for_no_explanation_but_what_will_change_in_the_process() -> None:
    codes = found(objective(), kpi(Target=110), readings(STEADY), NO_ACTION, THREAT)
    assert not ASKED & set(codes)
    assert "no real change" in codes["ACT012"].message


def test_a_real_change_for_the_worse_asks_after_one_period() -> None:
    told = found(objective(), kpi(), readings([*STEADY, 80]), NO_ACTION, THREAT)
    assert set(told) >= ASKED
    seen = "is off track by a real change (the last point lies below the natural limits)"
    assert seen in told["ACT005"].message
    assert seen in told["MEA017"].message


def test_a_real_change_for_the_better_asks_for_nothing() -> None:
    assert not ASKED & set(found(objective(), kpi(Target=130), readings([*STEADY, 112]), NO_ACTION, THREAT))


@pytest.mark.parametrize(
    ("more", "values"),
    [
        ({}, [70, 71]), ({}, [96, 95, 97, 96, 95, 97, 96, 95, 97, 70, 71]),
        ({"Target is": "rolling 12"}, [96] * 12 + [40, 41]), ({"Seasonal": "yes"}, [96, 97] * 8 + [70, 72]),
        ({"Target": 0.5, "Baseline": ""}, [0, 0, 2, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0]),
    ],
    ids=["two readings", "trial limits", "rolling", "too few years", "rare events"],
)  # fmt: skip
def test_without_limits_two_periods_running_ask(more: Mapping[str, object], values: list[float]) -> None:
    told = found(objective(), kpi(**more), readings(values), NO_ACTION, THREAT)
    assert set(told) >= ASKED
    assert "has been off track for" in told["ACT005"].message


def test_without_limits_one_period_asks_for_nothing() -> None:
    assert not ASKED & set(found(objective(), kpi(), readings([96, 97, 96, 70]), NO_ACTION, THREAT))


@pytest.mark.parametrize(("low", "high", "last", "asks"), [(90, 100, 70, True), (50, 80, 96, False)])
def test_within_a_range_it_is_bad_to_leave_its_middle(low: int, high: int, last: int, asks: bool) -> None:
    within = kpi(Direction="within", Low=low, High=high, Target="", Baseline="")
    told = found(objective(), within, readings([*STEADY, last]), NO_ACTION)
    assert ("ACT005" in told) == asks


# -- what is always met


SURE = (97, 98, 96, 97, 98, 96, 97, 98, 97, 96, 97, 98)


def test_a_target_that_cannot_be_missed_is_a_warning_with_its_natural_limit() -> None:
    told = found(objective(), kpi(Target=90), readings(SURE))["EVO001"]
    assert told.severity == Severity.WARNING
    assert "could not have missed it" in told.message
    assert "alert limit K07 93.9 % (its natural limit)" in told.fix


def test_a_target_met_by_chance_is_advice() -> None:
    told = found(objective(), kpi(Target=96), readings(SURE))["EVO001"]
    assert told.severity == Severity.ADVICE
    assert "could not" not in told.message
    assert "(its natural limit)" in told.fix


def test_with_few_readings_the_alert_limit_is_the_target() -> None:
    settings = table("Settings", [{"Setting": "Always met months", "Value": 4}])
    told = found(settings, objective(), kpi(Target=90), readings(SURE[:4]))["EVO001"]
    assert told.severity == Severity.ADVICE
    assert "alert limit K07 90 %," in told.fix


def test_a_limit_that_nothing_can_cross_is_no_alert_limit() -> None:
    lower = kpi(Target=5, Direction="lower", Highest_possible=6, Baseline=9)
    told = found(objective(), lower, readings([1, 4, 0, 5, 1, 4, 0, 5, 1, 4, 0, 5]))["EVO001"]
    assert "alert limit K07 5 %," in told.fix


def test_a_range_has_two_alert_limits() -> None:
    within = kpi(Direction="within", Low=90, High=105, Target="", Baseline="")
    told = found(objective(), within, readings(SURE))["EVO001"]
    assert "alert limit K07 93.9 to 100 % (its natural limits)" in told.fix


def test_a_worsening_signal_stops_a_retirement() -> None:
    falling = [99, 98, 99, 98, 99, 98, 99, 98, 99, 98, 99, 98, 92]
    assert "EVO001" in found(objective(), kpi(Target=90), readings(falling[:-1]))
    assert not {"EVO001", "EVO002"} & set(found(objective(), kpi(Target=90), readings(falling)))


def test_one_kpi_of_several_that_cannot_be_missed_is_a_warning_too() -> None:
    two = table("KPIs", [
        {"KPI": key, "Supports": "O1.2", "Direction": "higher", "Target": target, "Baseline": 80,
         "Trajectory": "flat", "Target set on": "2025-01-20"}
        for key, target in (("K07", 90), ("K08", 99))
    ])  # fmt: skip
    told = found(objective(), two, readings(SURE))
    assert told["EVO002"].severity == Severity.WARNING
    assert "EVO001" not in told


# -- out of reach


def test_a_target_out_of_reach_is_told_once() -> None:
    none = found(
        objective(), kpi(Target=110), readings(STEADY), NO_ACTION.replace("2026-10-12", "2026-01-12")
    )
    assert "off track" in none["ACT012"].message  # with no open action that is what is asked
    assert not {"EVO004", "EVO008", "ACT005", "ACT013"} & set(none)
    old = table("Actions", [{**ACTION, "Opened": "2026-01-12"}])
    told = found(objective(), kpi(Target=110), readings(STEADY), old)
    assert "move between" in told["EVO008"].message
    assert not {"EVO004", "ACT005", "ACT012", "ACT013"} & set(told)


@pytest.mark.parametrize(
    "parts",
    [
        (objective(), kpi(Target=110), readings(STEADY[:11])),
        (objective(), kpi(Target=110, Trajectory="linear", Target_on="2026-12-31", Baseline_on="2025-06-30"),
         readings(STEADY)),
        (objective(), kpi(Target=97), readings(STEADY)),
        (objective(Keep_because="The customer asks for it"), kpi(Target=110), readings(STEADY)),
        (objective(Stage="monitor"), kpi(Target=110), readings(STEADY)),
        (objective(), kpi(Target=110), readings(STEADY), table("Actions", [ACTION])),
        (objective(), kpi(Target=110), readings([*STEADY, 104])),
    ],
    ids=["11 readings", "still on its way", "within the limits", "kept", "only watched", "tried", "changing"],
)  # fmt: skip
def test_a_target_is_not_called_out_of_reach_too_early(parts: tuple[str, ...]) -> None:
    assert "EVO008" not in found(*parts)


def test_a_target_whose_day_has_come_is_out_of_reach_too() -> None:
    come = kpi(Target=110, Trajectory="linear", Target_on="2026-10-31", Baseline_on="2025-06-30")
    assert "EVO008" in found(objective(), come, readings(STEADY))


# -- a new level


SHIFT = (85, 86, 84, 85, 86, 84, 85, 86, 85, 84, 85, 86, 91, 92, 90, 91, 92, 90, 91, 91)


def test_a_new_level_is_proposed_for_a_rebase_with_its_first_day() -> None:
    told = found(objective(), kpi(), readings(SHIFT, {13: "New plating line"}))["EVO009"]
    assert "2026-03-01" in told.fix
    assert '"New plating line"' in told.message


def test_an_action_that_was_done_is_a_cause() -> None:
    done = ACTION | {"State": "done", "Closed": "2026-02-20", "What": "Second shift", "Opened": "2025-12-01"}
    told = found(objective(), kpi(), readings(SHIFT), table("Actions", [done]))["EVO009"]
    assert "action A11 (Second shift)" in told.message


@pytest.mark.parametrize(
    ("values", "more", "comments"),
    [
        (SHIFT, {}, {}),
        (SHIFT, {}, {16: "A good month"}),
        (SHIFT[:-2], {}, {12: "New plating line"}),
        (SHIFT, {"Rebase on": "2026-03-01"}, {12: "New plating line"}),
        ([170 - value for value in SHIFT], {}, {12: "The old line broke"}),
        ([*SHIFT[:12], 88, 89, 90, 91, 92, 93, 94, 95], {}, {12: "Better every month"}),
    ],
    ids=["no cause", "a later comment", "too short", "rebased", "for the worse", "still on its way"],
)  # fmt: skip
def test_no_rebase_is_proposed_otherwise(
    values: Sequence[float], more: Mapping[str, object], comments: Mapping[int, str]
) -> None:
    assert "EVO009" not in found(objective(), kpi(**more), readings(values, comments))


# -- watched objectives


def test_a_watched_objective_with_a_new_signal_is_reopened() -> None:
    told = found(objective(Stage="monitor"), kpi(Target=80), readings([*STEADY, 88]))
    assert "the last point lies below the natural limits" in told["EVO010"].message
    assert "EVO005" not in told


def test_a_signal_is_told_once_beside_misses() -> None:
    told = found(objective(Stage="monitor"), kpi(), readings([*STEADY, 70, 60]), NO_ACTION)
    assert "EVO005" in told
    assert not {"EVO010", "ACT005"} & set(told)


def test_to_reopen_an_objective_asks_for_its_action_already() -> None:
    told = found(objective(Stage="monitor"), kpi(), readings([*STEADY, 70]), NO_ACTION)
    assert "EVO010" in told
    assert "ACT005" not in told


@pytest.mark.parametrize(
    ("changed", "values", "comments"),
    [
        ("2026-11-02", [*STEADY, 88], {}), ("2026-01-20", [*STEADY[:10], 88], {}),
        ("2026-01-20", [*STEADY, 106], {}), ("2026-01-20", [*STEADY, 88], {12: "Move to the new hall"}),
    ],
    ids=["before it was changed", "trial limits", "for the better", "explained"],
)  # fmt: skip
def test_a_watched_objective_is_left_alone_otherwise(
    changed: str, values: Sequence[float], comments: Mapping[int, str]
) -> None:
    watched = objective(Stage="monitor", Last_changed=changed)
    assert "EVO010" not in found(watched, kpi(Target=80), readings(values, comments))


# -- a KPI that leads to nothing


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([*STEADY, 96], True), ([*STEADY, *STEADY, 120, 96, 97, 96], False),
        ([*STEADY, *STEADY[:4], 93, *STEADY[:5], 96], True),
    ],
    ids=["nothing", "a signal within the year", "a miss that was noise"],
)  # fmt: skip
def test_a_kpi_without_a_signal_led_to_nothing(values: Sequence[float], told: bool) -> None:
    book = found(
        objective(), kpi(Target=95.5, Tolerance="0.01", Target_set_on="2024-12-20"), readings(values)
    )
    assert ("OUT005" in book) == told


def test_what_is_always_met_is_not_called_useless_too() -> None:
    told = found(objective(), kpi(Target=90), readings([*SURE, *SURE]))
    assert "EVO001" in told
    assert "OUT005" not in told


def test_the_day_of_judging_is_that_of_the_examples() -> None:
    assert read_example(readings(STEADY)).book.on == date(2026, 11, 10)
