"""The example company: its rows per table, and the mistakes made on purpose in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, TypeAlias

from qmsbook.book.table import Value, columns_of
from qmsbook.book.tables import SETTINGS, TABLES
from qmsbook.templates.shipped import templates_folder

#: A row: what stands under each header.
Row: TypeAlias = dict[str, Value]

_DIRECTIONS = {"increase": "higher", "decrease": "lower", "maintain_above": "higher", "range": "within"}
_STATES = {"closed": "done", "open": "open", "dropped": "dropped"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One deliberate mistake: a cell with a wrong value, a row too many (``add``) or too few (``remove``).

    ``row`` is the row's id, for a reading ``KPI@period``; ``code`` the rule that finds it, "" while there is
    none yet; ``problem`` says what is wrong as the catalogue of rules would, ``why`` how it happens in life.
    """

    table: str
    row: str
    problem: str
    why: str
    code: str = ""
    column: str = ""
    value: Value = None
    add: Mapping[str, Value] = field(default_factory=dict)
    remove: bool = False


@cache
def mistakes() -> tuple[Mistake, ...]:
    """All deliberate mistakes of the example, in the order of its tables."""
    found = [Mistake(**entry) for entry in _load("mistakes.json")]
    places = [record.TABLE for record in TABLES]
    return tuple(sorted(found, key=lambda mistake: places.index(mistake.table)))


def example_rows(with_mistakes: bool = True) -> dict[str, list[Row]]:
    """The example's rows by table; dates are dates and numbers floats."""
    rows = {table: [_typed(table, row) for row in made] for table, made in _rows().items()}
    if with_mistakes:
        for mistake in mistakes():
            _make(rows[mistake.table], mistake)
    return rows


#: Tables whose first column alone does not name a row, with the header that completes it.
_SECOND = {"Measurements": "Period", "Targets": "From", "Waivers": "Row"}


def row_key(table: str, row: Mapping[str, Value]) -> str:
    """What names a row of the example: its id, or ``KPI@period`` and the like."""
    first = str(next(iter(row.values())))
    return f"{first}@{row[_SECOND[table]]}" if table in _SECOND else first


def mistakes_page() -> str:
    """The docs page that lists the deliberate mistakes, as Markdown."""
    lines = [
        "# The mistakes in the example",
        "",
        "<!-- Generated from workbook_templates/mistakes.json; do not edit. -->",
        "",
        "`workbook_templates/example.xlsx` tells the story of one made-up company. These things in it are",
        "wrong on purpose, so that you see what findings look like. Mend one, check again, and its finding",
        "is gone.",
        "",
        "| | Where | What was done | What is wrong with it | How it happens | Finding |",
        "|--:|---|---|---|---|---|",
    ]
    for number, mistake in enumerate(mistakes(), 1):
        where = f"{mistake.table}, {mistake.row}" + (f", *{mistake.column}*" if mistake.column else "")
        code = f"`{mistake.code}`" if mistake.code else ""
        lines.append(
            f"| {number} | {where} | {_done(mistake)} | {mistake.problem} | {mistake.why} | {code} |"
        )
    return "\n".join(lines) + "\n"


def _done(mistake: Mistake) -> str:
    if mistake.remove:
        return "the row is missing"
    if mistake.add:
        return "a row was added"
    return "left blank" if mistake.value is None else f"reads `{mistake.value}`"


def _make(rows: list[Row], mistake: Mistake) -> None:
    """Make one mistake in the rows of its table. Raises LookupError if its place is not there."""
    if mistake.add:
        rows.append(_typed(mistake.table, mistake.add))
        return
    for place, row in enumerate(rows):
        if row_key(mistake.table, row) == mistake.row:
            if mistake.remove:
                del rows[place]
            else:
                row[mistake.column] = _value(mistake.value)
            return
    raise LookupError(f"{mistake.table} has no row {mistake.row}")


def _load(name: str) -> Any:
    return json.loads((templates_folder() / name).read_text(encoding="utf-8"))


def _rows() -> dict[str, list[dict[str, Any]]]:
    company, extra = _load("company.json"), _load("example.json")
    names = {person["id"]: person["name"] for person in company["people"]}
    held = {"K30@2026-10"}  # still within its days of grace on the day judged, so nobody has typed it
    return {
        "Settings": _settings(extra["settings"]),
        "People": [_person(p, extra["people"]) for p in company["people"]] + extra["more people"],
        "Processes": [
            {"Process": p["id"], "Name": p["name"], "Owner": names[p["owner"]], **extra["processes"][p["id"]]}
            for p in company["processes"]
        ],
        "Goals": [_goal(g, names, extra["goals"]) for g in company["goals"]],
        "Objectives": [_objective(o, names, extra["objectives"]) for o in company["objectives"]],
        "KPIs": [_kpi(k, names, extra["kpis"]) for k in company["kpis"]],
        "Targets": extra["targets"],
        "Measurements": _measurements(company, names, extra["comments"], held),
        "Risks": [_risk(r, names, extra["risks"]) for r in company["risks"]] + extra["more risks"],
        "Actions": [_action(a, company, names, extra["actions"]) for a in company["actions"]],
        "Ideas": extra["ideas"],
        "Context": extra["context"],
        "Inputs": extra["inputs"],
        "Reviews": [_review(r, names, extra["reviews"]) for r in company["reviews"]] + extra["more reviews"],
        "Decisions": _decisions(company, names, extra["decisions"]) + extra["more decisions"],
        "Waivers": extra["waivers"],
    }


def _settings(chosen: Mapping[str, Value]) -> list[dict[str, Any]]:
    return [
        {"Setting": s.name, "Value": chosen.get(s.name, s.default), "What it does": s.help} for s in SETTINGS
    ]


def _person(person: Mapping[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    email = person["name"].lower().replace(" ", ".") + "@example.com"
    mine = {"Person": person["name"], "Role": person["role"], "Function": person["function"], "Email": email}
    return {**mine, **extra[person["id"]]}


def _goal(goal: Mapping[str, Any], names: Mapping[str, str], extra: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Goal": goal["id"], "Statement": goal["title"], "Theme": goal["theme"], "Owner": names[goal["owner"]],
        "Horizon": goal["horizon"], "Weight": goal["weight"], **extra[goal["id"]],
    }  # fmt: skip


def _objective(it: Mapping[str, Any], names: Mapping[str, str], extra: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Objective": it["id"], "Statement": it["title"], "Supports": it["parent"],
        "Processes": ", ".join(it["processes"]), "Owner": names[it["owner"]], "Due": "2026-12-31",
        "Vital few": "yes" if it["vital_few"] else "no", "Function": it["function"], "Set on": it["set_on"],
        "Last changed": it["last_changed"], "Last reviewed": it["last_reviewed"], "Stage": it["status"],
        "Proposed by": names.get(it["proposed_by"] or ""), **extra[it["id"]],
    }  # fmt: skip


def _kpi(kpi: Mapping[str, Any], names: Mapping[str, str], extra: Mapping[str, Any]) -> dict[str, Any]:
    own = dict(extra[kpi["id"]])
    if "Proposed by" in own:
        own["Proposed by"] = names[own["Proposed by"]]
    return {
        "KPI": kpi["id"], "Name": kpi["name"], "Supports": kpi["parent"], "Process": kpi["process"],
        "Owner": names[kpi["owner"]], "Unit": kpi["unit"],
        "Direction": _DIRECTIONS[kpi["direction"]], "Target": kpi["target"],
        "Target on": kpi["target_on"], "Baseline": kpi["baseline"], "Baseline on": kpi["baseline_on"],
        "Low": kpi["range_low"], "High": kpi["range_high"],
        "Trajectory": "flat" if kpi["direction"] == "maintain_above" else kpi["trajectory"],
        "Target is": "each period", "Target set on": "2026-01-20", "Tolerance": kpi["amber_tolerance"],
        "Frequency": kpi["frequency"], "Aggregation": kpi["aggregation"], "Numerator": kpi["numerator"],
        "Denominator": kpi["denominator"], "Scale": kpi["scale"], "Weight": kpi["weight"],
        "Active": "yes" if kpi["active"] else "no", **own,
    }  # fmt: skip


def _measurements(
    company: Mapping[str, Any], names: Mapping[str, str], comments: Mapping[str, str], held: set[str]
) -> list[dict[str, Any]]:
    """The readings and the explained gaps, month by month as they were typed.

    company.json dates a quarter by its last month (``2026-09``); here it is called ``2026-Q3``.
    """
    quarterly = {kpi["id"] for kpi in company["kpis"] if kpi["frequency"] == "quarterly"}

    def period(reading: Mapping[str, Any]) -> str:
        year, month = str(reading["period"]).split("-")
        return f"{year}-Q{(int(month) + 2) // 3}" if reading["kpi"] in quarterly else f"{year}-{month}"

    gaps = [
        {"kpi": g["kpi"], "period": g["period"], "comment": g["why"]}
        for g in company["known_gaps"]
        if f"{g['kpi']}@{g['period']}" not in held
    ]
    return [
        {
            "KPI": r["kpi"], "Period": period(r), "Value": r.get("value"),
            "Comment": r["comment"] or comments.get(f"{r['kpi']}@{r['period']}"),
            "Numerator": r.get("numerator"), "Denominator": r.get("denominator"),
            "Entered by": names.get(r.get("entered_by", "")), "Entered on": r.get("entered_on"),
        }
        for r in sorted([*company["readings"], *gaps], key=lambda r: (r["period"], r["kpi"]))
    ]  # fmt: skip


def _risk(risk: Mapping[str, Any], names: Mapping[str, str], extra: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Risk": risk["id"], "Kind": risk["kind"], "Goal": risk["goal"], "Description": risk["title"],
        "Likelihood": risk["likelihood"], "Impact": risk["impact"], "Controls": "; ".join(risk["controls"]),
        "Control owner": names[risk["owner"]], "Objective": risk["objective"],
        "Residual likelihood": risk["residual_likelihood"], "Residual impact": risk["residual_impact"],
        "Last reviewed": risk["last_reviewed"], "State": risk["status"], **extra[risk["id"]],
    }  # fmt: skip


def _action(
    action: Mapping[str, Any], company: Mapping[str, Any], names: Mapping[str, str], extra: Mapping[str, Any]
) -> dict[str, Any]:
    in_review = action["opened"] in {review["held"] for review in company["reviews"]}
    origin = "review" if in_review else "risk" if action["links_to"].startswith("R") else "KPI"
    return {
        "Action": action["id"], "What": action["title"], "Serves": action["links_to"],
        "Owner": names[action["owner"]], "Due": action["due"], "State": _STATES[action["status"]],
        "From": origin, "Opened": action["opened"], "Closed": action.get("closed"),
        "Effect": action.get("effect"), **extra.get(action["id"], {}),
    }  # fmt: skip


def _review(review: Mapping[str, Any], names: Mapping[str, str], extra: Mapping[str, Any]) -> dict[str, Any]:
    own = dict(extra[review["id"]])
    own["Attended by"] = ", ".join(names[person] for person in own["Attended by"])
    own["Approved by"] = names.get(own["Approved by"])
    return {"Review": review["id"], "Held on": review["held"], "Chair": names[review["chair"]], **own}


def _decisions(
    company: Mapping[str, Any], names: Mapping[str, str], extra: Mapping[str, list[str]]
) -> list[dict[str, Any]]:
    taken = [(review["id"], decision) for review in company["reviews"] for decision in review["decisions"]]
    return [
        {
            "Decision": f"D{number:02d}", "Review": review, "Clause": clause,
            "Decision text": decision["text"], "Owner": names[decision["owner"]],
            "Due": decision["due"], "Result": result,
        }
        for number, ((review, decision), clause, result) in enumerate(
            zip(taken, extra["clauses"], extra["results"], strict=True), 1
        )
    ]  # fmt: skip


def _typed(table: str, row: Mapping[str, Any]) -> Row:
    """A row in the order of its table's columns, its first column first, with dates as dates."""
    record = next(record for record in TABLES if table == record.TABLE)
    headers = [column.header for column in columns_of(record).values()]
    unknown = set(row) - set(headers) - {"What it does"}
    if unknown:
        raise LookupError(f"{table} has no column {sorted(unknown)}")
    ordered = [*headers, *(header for header in row if header not in headers)]
    return {header: _value(row.get(header)) for header in ordered}


def _value(value: Any) -> Value:
    """A value as a cell holds it: JSON knows no dates, and numbers are floats."""
    if isinstance(value, tuple | list):
        return ", ".join(value) or None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return float(value)
    if not isinstance(value, str):
        return value  # type: ignore[no-any-return]  # None, a float or a date
    return date.fromisoformat(value) if _is_day(value) else value or None


def _is_day(text: str) -> bool:
    return len(text) == 10 and text[4:5] == text[7:8] == "-" and text.replace("-", "").isdecimal()
