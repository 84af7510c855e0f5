"""The workbook part: its list of sheets, its names, and its settings for calculation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qmsbook.book.snapshot import MARK_NAME
from qmsbook.hosts.file.change import Change
from qmsbook.hosts.file.element import Element, qualified
from qmsbook.hosts.file.foreign import free, whole
from qmsbook.hosts.file.names import REL, STRICT_REL

#: Excel takes no larger id of a sheet.
_MOST_SHEETS = 65_534
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
        self._rel = qualified(STRICT_REL if change.workbook.strict else REL, "id")

    def touch(self) -> None:
        """Takes over what was edited."""
        self.change.touch(self.change.workbook.part)

    def _child(self, name: str) -> Element:
        found = self.root.first(name)
        if found is not None:
            return found
        later = _ORDER[_ORDER.index(name) + 1 :]
        children = enumerate(self.root.children)
        return self.root.add(name, {}, next((at for at, child in children if child.name in later), None))

    @property
    def sheets(self) -> list[Element]:
        """The sheets' entries, in the order of the tabs."""
        return list(self.root.all("sheets", "sheet"))

    @property
    def locked(self) -> bool:
        """Whether no sheet may be added or removed."""
        found = self.root.first("workbookProtection")
        return found is not None and found.get("lockStructure") in ("1", "true")

    def rel_of(self, entry: Element) -> str:
        """The id of a sheet's relationship."""
        return entry.get(self._rel)

    def add_sheet(self, name: str, part: str, place: int) -> None:
        """Puts a sheet at a place, from 0; everything that counts sheets counts on."""
        rel = self.change.add_link("worksheet", part)
        ids = {self._whole(entry.get("sheetId", "0"), "the id of a sheet") for entry in self.sheets}
        number = free(ids, most=_MOST_SHEETS)
        last = place == len(self.sheets)
        at = None if last else self._child("sheets").children.index(self.sheets[place])
        self._child("sheets").add("sheet", {"name": name, "sheetId": str(number), self._rel: rel}, at)
        if not last:
            self._count_on(place)
        self.touch()

    def _whole(self, text: str, what: str, least: int = 0) -> int:
        return whole(text, self.change.workbook.part, what, least)

    def _count_on(self, place: int) -> None:
        for name in self._names():
            local = self._whole(name.get("localSheetId", "-1"), "the sheet of a name", -1)
            if local >= place:
                name.set("localSheetId", str(local + 1))
        for view in self.root.all("bookViews", "workbookView"):
            for key in ("activeTab", "firstSheet"):
                active = self._whole(view.get(key, "0"), key)
                if active >= place:
                    view.set(key, str(active + 1))

    def remove_sheet(self, place: int) -> None:
        """Takes a sheet out, and everything that counts sheets with it."""
        entry = self.sheets[place]
        self.change.drop_link(self.rel_of(entry))
        self._remove(entry)
        for name in self._names():
            local = self._whole(name.get("localSheetId", "-1"), "the sheet of a name", -1)
            if local == place:
                self._remove(name)
            elif local > place:
                name.set("localSheetId", str(local - 1))
        self._drop_if_empty("definedNames")
        for view in self.root.all("bookViews", "workbookView"):
            for key in ("activeTab", "firstSheet"):
                active = self._whole(view.get(key, "0"), key)
                if active > place or active == len(self.sheets) > 0:
                    view.set(key, str(active - 1))
        self.touch()

    @staticmethod
    def _remove(element: Element) -> None:
        if element.parent is not None:
            element.parent.remove(element)

    def _drop_if_empty(self, name: str) -> None:
        found = self.root.first(name)
        if found is not None and not found.children:
            self.root.remove(found)

    def _names(self) -> list[Element]:
        return list(self.root.all("definedNames", "definedName"))

    def set_names(self, place: int, wanted: Sequence[LocalName]) -> None:
        """Makes these the only names of a sheet that are ours; they stand where those stood, or last."""
        local = (name for name in self._names() if name.get("localSheetId") == str(place))
        old = [name for name in local if name.get("name") in OURS]
        if [(n.get("name"), n.text, n.get("hidden") in ("1", "true")) for n in old] == [
            (name.name, name.text, name.hidden) for name in wanted
        ]:
            return
        names = self._child("definedNames")
        first = names.children.index(old[0]) if old else len(names.children)
        for name in old:
            self._remove(name)
        for more, fresh in enumerate(wanted):
            at = {"name": fresh.name, "localSheetId": str(place)} | ({"hidden": "1"} if fresh.hidden else {})
            names.add("definedName", at, first + more).write(fresh.text)
        self._drop_if_empty("definedNames")
        self.touch()

    def set_name(self, name: str, text: str) -> bool:
        """Defines a name of the workbook that is missing, broken or of the older kind; whether it did."""
        known = (item for item in self._names() if item.get("name") == name)
        found = next((item for item in known if "localSheetId" not in item.attributes), None)
        old = "" if found is None else found.text
        if old and "#REF!" not in old and not (old.startswith("INDEX(") and "COUNTA(" in old):
            return False
        if found is None:
            found = self._child("definedNames").add("definedName", {"name": name})
        found.write(text)
        self.touch()
        return True

    def names(self) -> Iterable[str]:
        """All defined names."""
        return (name.get("name") for name in self._names())

    @property
    def recalculates(self) -> bool:
        """Whether all formulas are calculated when the workbook is opened."""
        calc = self.root.first("calcPr")
        return calc is not None and calc.get("fullCalcOnLoad") in ("1", "true")

    def recalculate(self) -> None:
        """Asks the spreadsheet program to calculate all formulas when it opens the workbook."""
        self._child("calcPr").set("fullCalcOnLoad", "1")
        self.touch()
