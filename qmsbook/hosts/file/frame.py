"""The workbook part: its list of sheets, its names, and its settings for calculation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lxml import etree

from qmsbook.book.snapshot import MARK_NAME
from qmsbook.hosts.file.change import Change
from qmsbook.hosts.file.names import REL, STRICT_REL

#: The order of what may stand in the workbook part.
_ORDER = (
    "fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets", "functionGroups",
    "externalReferences", "definedNames", "calcPr", "oleSize", "customWorkbookViews", "pivotCaches",
    "smartTagPr", "smartTagTypes", "webPublishing", "fileRecoveryPr", "webPublishObjects", "extLst",
)  # fmt: skip
#: The names that belong to a generated sheet; any other name is the user's.
OURS = ("_xlnm.Print_Area", "_xlnm.Print_Titles", "_xlnm._FilterDatabase", MARK_NAME)


@dataclass(frozen=True, slots=True)
class LocalName:
    """A defined name of one sheet."""

    name: str
    text: str
    hidden: bool = False


class Frame:
    """The workbook part of a change."""

    def __init__(self, change: Change) -> None:
        self.change = change
        self.root = change.root(change.workbook.part)
        self.namespace = etree.QName(self.root).namespace or ""

    def touch(self) -> None:
        """Takes over what was edited."""
        self.change.touch(self.change.workbook.part)

    def _child(self, name: str) -> etree._Element:
        found = self.root.find(f"{{{self.namespace}}}{name}")
        if found is not None:
            return found
        made = etree.SubElement(self.root, f"{{{self.namespace}}}{name}")
        later = _ORDER[_ORDER.index(name) + 1 :]
        elements = (item for item in self.root if isinstance(item.tag, str) and item is not made)
        after = next((item for item in elements if etree.QName(item).localname in later), None)
        if after is not None:
            after.addprevious(made)
        return made

    @property
    def sheets(self) -> list[etree._Element]:
        """The sheets' entries, in the order of the tabs."""
        return self.root.findall("{*}sheets/{*}sheet")

    @property
    def locked(self) -> bool:
        """Whether no sheet may be added or removed."""
        found = self.root.find("{*}workbookProtection")
        return found is not None and found.get("lockStructure") in ("1", "true")

    def rel_of(self, entry: etree._Element) -> str:
        """The id of a sheet's relationship."""
        return str(entry.get(f"{{{STRICT_REL if self.change.workbook.strict else REL}}}id"))

    def add_sheet(self, name: str, part: str, place: int) -> None:
        """Puts a sheet at a place, from 0; everything that counts sheets counts on."""
        rel = self.change.add_link("worksheet", part)
        number = max((int(entry.get("sheetId", "0")) for entry in self.sheets), default=0) + 1
        entry = etree.SubElement(self._child("sheets"), f"{{{self.namespace}}}sheet")
        entry.set("name", name)
        entry.set("sheetId", str(number))
        entry.set(f"{{{STRICT_REL if self.change.workbook.strict else REL}}}id", rel)
        if place < len(self.sheets) - 1:
            self.sheets[place].addprevious(entry)
            self._count_on(place)
        self.touch()

    def _count_on(self, place: int) -> None:
        for name in self.root.iterfind("{*}definedNames/{*}definedName"):
            local = int(name.get("localSheetId", "-1"))
            if local >= place:
                name.set("localSheetId", str(local + 1))
        for view in self.root.iterfind("{*}bookViews/{*}workbookView"):
            for key in ("activeTab", "firstSheet"):
                if int(view.get(key, "0")) >= place:
                    view.set(key, str(int(view.get(key, "0")) + 1))

    def remove_sheet(self, place: int) -> None:
        """Takes a sheet out, and everything that counts sheets with it."""
        entry = self.sheets[place]
        self.change.drop_link(self.rel_of(entry))
        self._remove(entry)
        for name in self.root.findall("{*}definedNames/{*}definedName"):
            local = int(name.get("localSheetId", "-1"))
            if local == place:
                self._remove(name)
            elif local > place:
                name.set("localSheetId", str(local - 1))
        self._drop_if_empty("definedNames")
        for view in self.root.iterfind("{*}bookViews/{*}workbookView"):
            for key in ("activeTab", "firstSheet"):
                active = int(view.get(key, "0"))
                if active > place or active == len(self.sheets) > 0:
                    view.set(key, str(active - 1))
        self.touch()

    @staticmethod
    def _remove(element: etree._Element) -> None:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)

    def _drop_if_empty(self, name: str) -> None:
        found = self.root.find(f"{{*}}{name}")
        if found is not None and not len(found):
            self.root.remove(found)

    def set_names(self, place: int, wanted: Sequence[LocalName]) -> None:
        """Makes these the only names of a sheet that are ours."""
        local = self.root.findall(f"{{*}}definedNames/{{*}}definedName[@localSheetId='{place}']")
        old = [name for name in local if name.get("name") in OURS]
        if [(n.get("name"), n.text, n.get("hidden") in ("1", "true")) for n in old] == [
            (name.name, name.text, name.hidden) for name in wanted
        ]:
            return
        for name in old:
            self._remove(name)
        for fresh in wanted:
            item = etree.SubElement(self._child("definedNames"), f"{{{self.namespace}}}definedName")
            item.set("name", fresh.name)
            item.set("localSheetId", str(place))
            if fresh.hidden:
                item.set("hidden", "1")
            item.text = fresh.text
        self._drop_if_empty("definedNames")
        self.touch()

    def names(self) -> Iterable[str]:
        """All defined names."""
        return (str(name.get("name")) for name in self.root.iterfind("{*}definedNames/{*}definedName"))

    @property
    def recalculates(self) -> bool:
        """Whether all formulas are calculated when the workbook is opened."""
        calc = self.root.find("{*}calcPr")
        return calc is not None and calc.get("fullCalcOnLoad") in ("1", "true")

    def recalculate(self) -> None:
        """Asks the spreadsheet program to calculate all formulas when it opens the workbook."""
        self._child("calcPr").set("fullCalcOnLoad", "1")
        self.touch()
