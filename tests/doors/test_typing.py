"""A new workbook is filled in with the keyboard, in a real LibreOffice, which never makes a table longer."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import Any

from person import Person, person_at

from qmsbook import commands
from qmsbook.book.table import columns_of
from qmsbook.book.tables import TABLES
from qmsbook.hosts.libreoffice.host import LibreOfficeHost

#: What is typed, table by table, into the columns that are shown, in their order.
TYPED: dict[str, list[tuple[str, ...]]] = {
    "People": [("Ann Lee", "President"), ("Bo Diaz", "Production manager"), ("Cy Wu", "Quality manager")],
    "Processes": [("P1", "Sales", "Ann Lee", "yes"), ("P2", "Production", "Bo Diaz", "yes")],
    "Goals": [
        ("G1", "Grow with the customers we have", "growth", "Ann Lee", "2027-12-31", "1"),
        ("G2", "Deliver what we promise", "efficiency", "Bo Diaz", "2027-12-31", "2"),
    ],
    "Objectives": [
        ("O1", "Raise sales to present customers by 10 %", "G1", "P1", "Ann Lee", "2027-06-30", "yes"),
        ("O2", "Deliver 95 % of the orders on time", "G2", "P2", "Bo Diaz", "2027-06-30", "yes"),
        ("O3", "Halve the scrap", "G2", "P2", "Bo Diaz", "2027-06-30", "no"),
    ],
    "KPIs": [
        ("K1", "Sales", "O1", "P1", "Ann Lee", "$k", "higher"),
        ("K2", "On-time delivery", "O2", "P2", "Bo Diaz", "points", "higher"),
        ("K3", "Scrap", "O3", "P2", "Bo Diaz", "kg", "lower"),
    ],
    "Measurements": [
        (kpi, f"2026-{month:02}", str(value + month))
        for month in (8, 9, 10)
        for kpi, value in (("K1", 400), ("K2", 80), ("K3", 30))
    ],
}  # fmt: skip
#: What belongs into further columns of the KPIs, wherever they stand.
FIGURES = {
    "K1": {"Baseline": "400", "Target": "440", "Target on": "2027-06-30"},
    "K2": {"Baseline": "82", "Target": "95", "Target on": "2027-06-30"},
    "K3": {"Baseline": "40", "Target": "20", "Target on": "2027-06-30"},
}


class Typist(Person):
    """Types into cells as a person does: goes there, types, presses Enter."""

    def keys(self, *command: str) -> None:
        made = {**os.environ, "DISPLAY": self.display.name}
        subprocess.run(["xdotool", *command], check=True, env=made, timeout=60)

    def type(self, sheet: str, row: int, column: int, text: str) -> None:
        found = self.document.Sheets.getByName(sheet)
        cell = found.getCellByPosition(column, row)
        self.document.CurrentController.setActiveSheet(found)
        self.document.CurrentController.select(cell)
        self.window.setFocus()
        self.keys("type", "--delay", "4", text)
        self.keys("key", "Return")
        until = time.monotonic() + 20
        while not cell.getString() and time.monotonic() < until:
            time.sleep(0.02)
        assert cell.getString(), f"{text} was refused in {sheet} {column + 1} {row + 1}"


def fill_in(typist: Typist) -> None:
    for record in TABLES:
        columns = list(columns_of(record).values())
        shown = [place for place, column in enumerate(columns) if column.essential and not column.computed]
        for row, words in enumerate(TYPED.get(record.TABLE, ()), 1):
            for place, word in zip(shown, words, strict=False):
                typist.type(record.TITLE, row, place, word)
            for header, word in FIGURES.get(words[0], {}).items() if record.TABLE == "KPIs" else ():
                place = next(at for at, column in enumerate(columns) if column.header == header)
                typist.type(record.TITLE, row, place, word)


def ids(host: LibreOfficeHost) -> dict[str, list[Any]]:
    snapshot = host.read()
    found = {name: snapshot.table(name) for name in TYPED}
    return {name: list(table.columns[0]) for name, table in found.items() if table is not None}


def test_a_new_workbook_is_filled_in_by_typing(tmp_path: Path) -> None:
    path = tmp_path / "acme.xlsx"
    commands.new(path, "Acme")
    with person_at(path) as person:
        typist = Typist(person.display, person.desktop, person.running, person.document)
        fill_in(typist)
        host = LibreOfficeHost(typist.document)
        wanted = {name: [words[0] for words in rows] for name, rows in TYPED.items()}
        assert [len(column) for column in ids(host).values()] == [1] * len(TYPED)
        looked = commands.look(host)
        assert {k.id for k in looked.book.kpis} == {"K1", "K2", "K3"}
        assert len(looked.book.measurements) == 9
        assert not [f for f in looked.findings if f.code.startswith("WBK") and f.severity == "error"]
        typist.press("Check", "check")
        said = typist.press("Refresh", "refresh")
        assert "3 KPIs: " in said
        assert ids(host) == wanted
        measurements = host.read().table("Measurements")
        assert measurements is not None
        assert measurements.below is None
        status = measurements.find("Status")
        assert status is not None
        assert all(measurements.columns[status])
