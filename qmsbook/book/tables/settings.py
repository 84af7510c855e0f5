"""Settings: the few things a company decides for the whole workbook, each with its default."""

import dataclasses
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, ClassVar, Literal

from pydantic import Field

from qmsbook.book.table import Column, Model, Record, Value, column


class Setting(Record):
    """One setting and its value."""

    TABLE: ClassVar[str] = "Settings"
    TITLE: ClassVar[str] = "Settings"
    KEY: ClassVar[str] = "setting"

    setting: str = column("Setting", "What is set. The names are fixed.", "Company", essential=True, width=34)
    value: Value = column(
        "Value", "Your choice. Blank: the default counts.", "Whitfield Precision Components", kind="any",
        essential=True, width=34,
    )  # fmt: skip


SettingKind = Literal["text", "number", "date", "flag", "choice", "list"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingSpec:
    """One known setting: ``field`` is its attribute in ``Settings``, ``name`` what the sheet calls it.

    ``kind``: ``number`` float or int (``whole``), ``list`` texts with commas between them, as a tuple.
    A choice may be kept as a number by Excel (``2015``); it is compared as text. ``all``: the word *all* may
    stand in place of a number, and is None.
    """

    field: str
    name: str
    kind: SettingKind
    default: Any
    help: str
    group: str
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    whole: bool = False
    all: bool = False

    @property
    def column(self) -> Column:
        """How its value is read: as a column of such values is, a list as several texts."""
        return Column(
            header=self.name, help=self.help, example=None, kind="refs" if self.kind == "list" else self.kind,
            choices=self.choices, default=self.default, low=self.low, high=self.high, whole=self.whole,
        )  # fmt: skip


def _setting(name: str, kind: SettingKind, default: Any, help: str, group: str, **more: Any) -> Any:
    spec = SettingSpec(field="", name=name, kind=kind, default=default, help=help, group=group, **more)
    found = Field(default=default)
    found.metadata += [spec, spec.column]
    return found


def _whole(name: str, default: int, help: str, group: str, low: int = 0, high: int | None = None) -> Any:
    return _setting(name, "number", default, help, group, low=low, high=high, whole=True)


def _percent(name: str, default: float, help: str, group: str) -> Any:
    return _setting(name, "number", default, help, group, low=0, high=100)


_YOU, _PLAN, _FIGURES, _FOLLOW = "You and your year", "Plan", "Figures", "Risks, actions and reviews"


class Settings(Model):
    """All settings of a workbook, with the defaults where it says nothing. Percents are 33, not 0.33."""

    company: str = _setting("Company", "text", "", "The name that stands on every sheet.", _YOU)
    judged_on: date | None = _setting(
        "Judged on", "date", None, "The day the plan is judged on. Blank: today.", _YOU
    )
    fiscal_year_start_month: int = _whole(
        "Fiscal year start month",
        1,
        "The month in which your business year begins: 1 is January.",
        _YOU,
        1,
        12,
    )
    stage: str = _setting(
        "Stage", "choice", "start",
        "What is checked. start: links, owners, targets, readings. run: comments, actions, risks, ideas too. "
        "audit-ready: everything.",
        _YOU, choices=("start", "run", "audit-ready"),
    )  # fmt: skip
    our_strategic_themes: tuple[str, ...] = _setting(
        "Our strategic themes", "list", (),
        "What the strategy is about, with commas between: growth, customer retention ... Each wants a goal.",
        _YOU,
    )  # fmt: skip
    review_name: str = _setting(
        "Review name", "text", "Management review", "What you call the review of the business.", _YOU
    )
    review_interval_months: int = _whole(
        "Review interval months", 6, "At most this many months lie between two reviews.", _YOU, 1, 60
    )
    review_minutes: int = _whole(
        "Review minutes", 90, "How long the review takes; its agenda adds up to this.", _YOU, 15, 960
    )
    iso_edition: str = _setting(
        "ISO edition", "choice", "2015", "The edition of ISO 9001 that you work to.", _YOU,
        choices=("2015", "2026"),
    )  # fmt: skip
    paper: str = _setting(
        "Paper", "choice", "A4", "The paper that sheets are printed on.", _YOU, choices=("A4", "Letter")
    )
    small_company_people: int = _whole(
        "Small company people", 5,
        "With so many people or fewer the review is short, and what needs a second person is not asked.",
        _YOU,
    )  # fmt: skip
    plan_renewal_months: int = _whole(
        "Plan renewal months", 3, "Months into a new business year by which the plan is to be renewed.", _PLAN
    )
    plan_size: int = _whole(
        "Plan size", 60, "More live goals, objectives and KPIs than this together are hard to lead by.", _PLAN
    )
    boards: bool = _setting(
        "Boards", "flag", False,
        "yes: each refresh draws the sheet Boards for the notice board, a chart for each KPI. It takes some "
        "seconds more.",
        _PLAN,
    )  # fmt: skip
    vital_few_at_least: int = _whole(
        "Vital few at least", 3, "Fewer vital objectives than this leave the year without a focus.", _PLAN
    )
    vital_few_at_most: int = _whole(
        "Vital few at most", 5, "More vital objectives than this are no longer few.", _PLAN
    )
    vital_few_error_above: int = _whole(
        "Vital few error above", 7, "More vital objectives than this count as an error.", _PLAN
    )
    vital_few_per_owner: int = _whole(
        "Vital few per owner", 2, "More vital objectives than this are too much for one person.", _PLAN
    )
    kpis_per_objective: int = _whole(
        "KPIs per objective", 3, "More KPIs than this under one objective: are all of them needed?", _PLAN
    )
    kpis_per_objective_warning: int = _whole(
        "KPIs per objective warning", 7, "More KPIs than this under one objective give a warning.", _PLAN
    )
    objective_review_months: int = _whole(
        "Objective review months", 12, "An objective is looked at by leadership at least this often.", _PLAN
    )
    quality_role_percent: float = _percent(
        "Quality role percent",
        33,
        "The quality role should own no more of the objectives, or KPIs, than this.",
        _PLAN,
    )
    quality_role_percent_error: float = _percent(
        "Quality role percent error", 50, "Owning more of the plan than this is said in so many words.", _PLAN
    )
    quality_role_from_items: int = _whole(
        "Quality role from items",
        6,
        "The share of the quality role is judged from this many items on.",
        _PLAN,
    )
    phantom_owner_periods: int = _whole(
        "Phantom owner periods", 2,
        "An owner whose figures are unread for this many periods owns in name only.",
        _PLAN, 1,
    )  # fmt: skip
    compliance_percent: float = _percent(
        "Compliance percent", 25, "No more objectives than this should count audits, papers or trainings.",
        _PLAN,
    )  # fmt: skip
    cascade_broken_periods: int = _whole(
        "Cascade broken periods", 2,
        "Goal and objectives that disagree for this many periods: the objectives do not drive the goal.",
        _PLAN, 1,
    )  # fmt: skip
    always_met_months: int = _whole(
        "Always met months",
        12,
        "A monthly target met this many times running may be raised or retired.",
        _PLAN,
        1,
    )
    always_met_quarters: int = _whole("Always met quarters", 4, "The same for a quarterly target.", _PLAN, 1)
    always_met_years: int = _whole("Always met years", 2, "The same for a yearly target.", _PLAN, 1)
    target_unrevised_months: int = _whole(
        "Target unrevised months", 24, "A target this old is due for a fresh look.", _PLAN, 1
    )
    always_missed_periods: int = _whole(
        "Always missed periods", 4, "A target missed this many times running wants a new action.", _PLAN, 1
    )
    reopen_misses: int = _whole(
        "Reopen misses",
        2,
        "An objective that is only watched is taken up again after this many misses.",
        _PLAN,
        1,
    )
    same_objective_years: int = _whole(
        "Same objective years",
        3,
        "The same statement and target for this many years: does it still lead?",
        _PLAN,
        2,
    )
    kpi_unused_months: int = _whole(
        "KPI unused months",
        12,
        "A KPI that led to nothing for this long: keep, simplify, merge or drop?",
        _PLAN,
        1,
    )
    grace_days: int = _whole(
        "Grace days", 10, "Days from a period's end until a missing reading is overdue.", _FIGURES
    )
    grace_days_weekly: int = _whole("Grace days weekly", 3, "The same for weekly KPIs.", _FIGURES)
    setting_baseline_periods: int = _whole(
        "Setting baseline periods", 3, "Without a baseline, this many first periods are used to find one.",
        _FIGURES, 1,
    )  # fmt: skip
    tolerance_percent: float = _percent(
        "Tolerance percent", 5,
        "Without a tolerance of its own, a KPI is at risk up to this share off its plan.",
        _FIGURES,
    )  # fmt: skip
    tolerance_percent_of_the_way: float = _percent(
        "Tolerance percent of the way", 25,
        "But never by more than this share of the way from baseline to target.", _FIGURES,
    )  # fmt: skip
    tolerance_points: float = _setting(
        "Tolerance points", "number", 1.0,
        "Where a target in % only has to be held, it is at risk up to this many points off.", _FIGURES,
        low=0, high=100,
    )  # fmt: skip
    small_count_below: int = _whole(
        "Small count below", 12,
        "A year's count with a target below this is judged by the year, never by a month's share of it.",
        _FIGURES,
    )  # fmt: skip
    on_track_from_percent: float = _percent(
        "On track from percent",
        80,
        "An objective is on track when its KPIs together score this much.",
        _FIGURES,
    )
    at_risk_from_percent: float = _percent(
        "At risk from percent", 50, "Below this score it is off track.", _FIGURES
    )
    enough_data_percent: float = _percent(
        "Enough data percent",
        50,
        "At least this much of the weight must be read to judge an objective.",
        _FIGURES,
    )
    spc_rule_set: str = _setting(
        "SPC rule set", "choice", "nhs", "Whose rules tell a real change from noise.", _FIGURES,
        choices=("nhs", "wheeler", "weco", "nelson"),
    )  # fmt: skip
    baseline_points: int | None = _setting(
        "Baseline points", "number", 12,
        "How many first readings the natural limits are taken from, and then kept; all: every reading.",
        _FIGURES, low=2, whole=True, all=True,
    )  # fmt: skip
    screen_moving_ranges: bool = _setting(
        "Screen moving ranges", "flag", False,
        "yes: leave out, once, jumps too large to belong before the natural limits are worked out.", _FIGURES,
    )  # fmt: skip
    too_few_points: int = _whole(
        "Too few points", 5, "With fewer readings than this, nothing is said about change.", _FIGURES, 2
    )
    trial_limits_below: int = _whole(
        "Trial limits below", 12, "With fewer readings than this, the natural limits are only a first try.",
        _FIGURES, 2,
    )  # fmt: skip
    seasonal_from_months: int = _whole(
        "Seasonal from months", 24, "A yearly pattern is taken out from this many months on.", _FIGURES, 24
    )
    rare_events_percent: float = _percent(
        "Rare events percent", 40, "With more zeros than this, the time between events says more.", _FIGURES
    )
    forecast_points: int = _whole(
        "Forecast points", 12, "How many latest readings the forecast looks at.", _FIGURES, 3
    )
    identical_values: int = _whole(
        "Identical values", 6, "This many equal readings in a row: was it really measured?", _FIGURES, 3
    )
    scale_slip_factor: float = _setting(
        "Scale slip factor", "number", 100.0,
        "A reading this many times its neighbours has probably slipped a decimal point.", _FIGURES, low=2,
    )  # fmt: skip
    off_track_in_a_row: int = _whole(
        "Off track in a row", 2,
        "While there are few readings, this many off track in a row want a comment and an action.",
        _FIGURES, 1,
    )  # fmt: skip
    off_track_as_it_runs: int = _whole(
        "Off track as it runs", 3,
        "This many off track in a row with no real change: what will change in the process?", _FIGURES, 2,
    )  # fmt: skip
    time_nearly_over_percent: float = _percent(
        "Time nearly over percent", 25,
        "With less than this share of the way to the target in time left, off track wants an action.",
        _FIGURES,
    )  # fmt: skip
    risk_appetite: float = _setting(
        "Risk appetite", "number", 12.0,
        "A threat that scores above this after controls must be accepted by name.",
        _FOLLOW, low=1, high=25,
    )  # fmt: skip
    risk_review_months: int = _whole(
        "Risk review months", 12, "Each risk is looked at at least this often.", _FOLLOW, 1
    )
    vulnerability_months: int = _whole(
        "Vulnerability months",
        12,
        "Each kind of weakness is thought through for each goal this often.",
        _FOLLOW,
        1,
    )
    action_effect_days: int = _whole(
        "Action effect days", 60, "Days after closing by which an action's effect is judged.", _FOLLOW
    )
    carried_warning: int = _whole(
        "Carried warning", 2, "An action carried through this many reviews is stuck.", _FOLLOW, 1
    )
    carried_error: int = _whole("Carried error", 3, "Carried this often, it counts as an error.", _FOLLOW, 1)
    idea_unanswered_days: int = _whole(
        "Idea unanswered days", 30, "Days by which everyone who raised an idea has an answer.", _FOLLOW, 1
    )
    input_stale_days: int = _whole(
        "Input stale days",
        30,
        "Days before a planned review from which missing inputs are reported.",
        _FOLLOW,
    )
    review_coverage_months: int = _whole(
        "Review coverage months", 12, "A topic counts as covered if another review took it up this recently.",
        _FOLLOW, 1,
    )  # fmt: skip


#: Every known setting, in the order of the sheet.
SETTINGS: tuple[SettingSpec, ...] = tuple(
    dataclasses.replace(spec, field=name)
    for name, each in Settings.model_fields.items()
    for spec in each.metadata
    if isinstance(spec, SettingSpec)
)


@cache
def setting_named(name: str) -> SettingSpec | None:
    """The setting that a person's words name, whatever their case and spaces, or None.

    >>> setting_named(" risk  Appetite ").default
    12.0
    """
    wanted = " ".join(name.split()).casefold()
    return next((spec for spec in SETTINGS if spec.name.casefold() == wanted), None)
