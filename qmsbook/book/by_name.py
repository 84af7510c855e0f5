"""Settings, which are read by their names: each row of their table says one thing of the whole workbook."""

from __future__ import annotations

from datetime import date
from typing import Any

from qmsbook.book.known import Known
from qmsbook.book.layout import Layout, Row
from qmsbook.book.near import did_you_mean
from qmsbook.book.parse import Parsed, parse, squeezed
from qmsbook.book.tables import SETTINGS, Setting, Settings, SettingSpec

_SPECS = {squeezed(spec.name): spec for spec in SETTINGS}
#: The word that stands in place of a number.
_ALL = "all"
#: The years in which a plan may be judged.
_YEARS, _NO_YEAR = range(1900, 2200), "A plan is judged in a year from 1900 to 2199."


def settings(known: Known) -> Settings:
    """The settings that the workbook gives, defaults for the rest."""
    layout = known.layouts.get(Setting.TABLE)
    if layout is None or not {"setting", "value"} <= layout.fields.keys():
        return Settings.model_construct()
    values: dict[str, Any] = {}
    for row in _named(known, layout):
        spec = _SPECS.get(squeezed(row.key))
        if spec is None:
            hint = did_you_mean(row.key, [spec.name for spec in SETTINGS])
            known.notice(row.at("setting"), "unknown setting", row.key, hint)
        elif spec.field in values:
            known.notice(row.at("setting"), "setting twice", row.key)
        else:
            values[spec.field] = _value(known, row, spec)
    return Settings.model_construct(**values)


def _named(known: Known, layout: Layout) -> list[Row]:
    rows = [layout.row(number, layout.text(number, "setting")) for number in known.rows(layout)]
    return [row for row in rows if row.key]


def _value(known: Known, row: Row, spec: SettingSpec) -> Any:
    """What a setting is set to; what does not fit is told, and the setting's default stands in for it."""
    at = row.at("value")
    if spec.all and squeezed(row.text("value")) == _ALL:
        return None
    parsed = parse(spec.column, at.value, known.decimal)
    if spec.field == "judged_on" and isinstance(parsed.value, date) and parsed.value.year not in _YEARS:
        parsed = Parsed(None, "impossible date", _NO_YEAR)
    if parsed.misfit is not None:
        known.notice(at, parsed.misfit, at.value, parsed.detail)
    return int(parsed.value) if spec.whole and isinstance(parsed.value, float) else parsed.value
