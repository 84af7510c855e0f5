"""Puts generated sheets into a workbook, in place of their forerunners, and takes them out again."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from qmsbook.book.cell import quoted
from qmsbook.book.edit import PutSheet, RemoveSheet
from qmsbook.hosts.file.change import Change
from qmsbook.hosts.file.donor import Donor, Rewriter
from qmsbook.hosts.file.foreign import free
from qmsbook.hosts.file.formulas import names_sheet
from qmsbook.hosts.file.frame import Frame
from qmsbook.hosts.file.leads import Leads
from qmsbook.hosts.file.links import Link
from qmsbook.hosts.file.names import CHART_TYPE, SHEET_TYPE, TABLE_TYPE
from qmsbook.hosts.file.scan import SheetXml
from qmsbook.hosts.file.splice import check_unprotected
from qmsbook.hosts.file.xml import parse
from qmsbook.hosts.host import StructureProtected, WouldLoseContent
from qmsbook.hosts.names import free_name

_FORMULA_CELL = re.compile(rb"""<(?:\w+:)?c\s[^<>]*?r\s*=\s*["']([A-Z]+[0-9]+)["'][^<>]*><(?:\w+:)?f[\s/>]""")
_NUMBERED = re.compile(r"(.*?)[0-9]*\Z")
_SELECTED = re.compile(rb"""<(?:\w+:)?sheetView\s[^<>]*tabSelected\s*=\s*["'](?:1|true)["']""")


class Grafter:
    """Puts and removes generated sheets in one change; ``markers`` maps each marker to its sheet's part."""

    def __init__(self, change: Change, markers: dict[str, str]) -> None:
        self.change = change
        self.frame = Frame(change)
        self.leads = Leads(change)
        self.markers = dict(markers)
        self.contents: dict[str, Donor] = {}

    def carry_out(self, edits: Iterable[PutSheet | RemoveSheet]) -> None:
        """Carries out edits in their order."""
        for edit in edits:
            if isinstance(edit, PutSheet):
                self.put(edit)
            else:
                self.remove(edit.marker)

    def put(self, edit: PutSheet) -> None:
        """Puts a sheet. Raises StructureProtected, SheetProtected, or WouldLoseContent for a bad drawing."""
        donor = Donor(edit.content)
        part = self.markers.get(edit.marker)
        freed: list[str] = []
        selected = False
        if part is None:
            place, part, name = self._new_sheet(edit.name, edit.before)
        else:
            place, name = self._place_and_name(part)
            old = self.change.sound(part)
            check_unprotected(SheetXml(old, part), name, edit.unlocks)
            selected = _SELECTED.search(old) is not None
            freed = sorted(self.leads.own(part), key=_natural)
            if not _formula_cells(old) <= _formula_cells(donor.package.xml(donor.sheet.part)):
                self.change.drop_calc_chain()
        self.markers[edit.marker] = part
        self.contents[part] = donor
        self._graft(donor, part, name, selected, freed)
        self.frame.set_names(place, donor.local_names(name))

    def _new_sheet(self, wished: str, before: str) -> tuple[int, str, str]:
        if self.frame.locked:
            raise StructureProtected
        name = free_name(wished, [entry.get("name") for entry in self.frame.sheets])
        folder = posixpath.join(posixpath.dirname(self.change.workbook.part), "worksheets")
        part = self.change.fresh(folder, "sheet", ".xml")
        behind = [part for marker, part in self.markers.items() if before and marker.startswith(before)]
        place = min((self._place_and_name(each)[0] for each in behind), default=len(self.frame.sheets))
        self.frame.add_sheet(name, part, place)
        return place, part, name

    def _place_and_name(self, part: str) -> tuple[int, str]:
        rels = self.change.rels_of(part)
        for place, entry in enumerate(self.frame.sheets):
            if self.frame.rel_of(entry) in rels:
                return place, entry.get("name")
        raise WouldLoseContent(f"The sheet of the part {part} is not listed in the workbook.")

    def _graft(self, donor: Donor, part: str, name: str, selected: bool, freed: list[str]) -> None:
        change, rewriter = (
            self.change,
            Rewriter(donor, self.change.styles(), name, self.change.workbook.date1904),
        )
        old_ids = sorted(change.table(old).id for old in freed if _is(change, old, TABLE_TYPE))
        for old in [*freed, part]:
            change.drop(old)
        target = {donor.sheet.part: part, **self._new_names(donor, part, freed)}
        tables = _Tables(change, self.frame, old_ids)
        for old, its_links in donor.parts.items():
            content, sort = donor.package.read(old), donor.workbook.type_of(old)
            if old == donor.sheet.part:
                content = rewriter.sheet(selected)
            elif sort.endswith(TABLE_TYPE):
                content = tables.renumbered(content, rewriter)
            elif sort.endswith("xml") and name != donor.sheet.name:
                content = donor.in_chart(content, name)
            change.put(target[old], content, sort)
            change.put_links(
                target[old], [_moved(link, target, donor.sheet.name, name) for link in its_links]
            )

    def _new_names(self, donor: Donor, part: str, freed: list[str]) -> dict[str, str]:
        """New names for a donor's parts: first those of the forerunner's parts, so that twice is once."""
        taken, free, names = {part.casefold()}, list(freed), {}
        root = posixpath.dirname(self.change.workbook.part)
        own_root = posixpath.dirname(donor.workbook.part)
        for old in donor.parts:
            if old == donor.sheet.part:
                continue
            folder, file = posixpath.split(old)
            stem, ending = posixpath.splitext(file)
            folder = posixpath.join(root, posixpath.relpath(folder, own_root))
            stem = _NUMBERED.sub(r"\1", stem, count=1)
            pattern = re.compile(
                re.escape(posixpath.join(folder, stem)) + "[0-9]*" + re.escape(ending), re.IGNORECASE
            )
            reused = next((name for name in free if pattern.fullmatch(name)), None)
            if reused is not None:
                free.remove(reused)
            names[old] = reused or self.change.fresh(folder, stem, ending, taken)
            taken.add(names[old].casefold())
        return names

    def remove(self, marker: str) -> None:
        """Takes a sheet out. Raises SheetProtected, or WouldLoseContent if a formula refers to it."""
        part = self.markers.pop(marker, None)
        if part is None:
            return
        if self.frame.locked:
            raise StructureProtected
        place, name = self._place_and_name(part)
        if len(self.frame.sheets) == 1:
            raise WouldLoseContent(f"{name} is the only sheet of the workbook.")
        check_unprotected(SheetXml(self.change.sound(part), part), name)
        own = [*sorted(self.leads.own(part), key=_natural), part]
        self._check_unused(name, {each.casefold() for each in own}, place)
        if _formula_cells(self.change.xml(part)):
            self.change.drop_calc_chain()
        self.frame.remove_sheet(place)
        for each in own:
            self.change.drop(each)
        self.contents.pop(part, None)

    def _check_unused(self, name: str, own: set[str], place: int) -> None:
        spelled = names_sheet(name).pattern
        pattern = re.compile(
            r"<(?:\w+:)?(?:f|formula[12]?)(?:\s[^>]*)?>[^<]*" + spelled.replace(re.escape("&"), "&amp;"),
            re.IGNORECASE,
        )
        for part in sorted(self.change.names() - own):
            if not _is(self.change, part, (SHEET_TYPE, CHART_TYPE)):
                continue
            if pattern.search(self.change.sound(part).decode("utf-8", "replace")):
                raise WouldLoseContent(f"Formulas elsewhere refer to the sheet {name}.")
        for item in self.frame.root.all("definedNames", "definedName"):
            if item.get("localSheetId") != str(place) and names_sheet(name).search(item.text):
                raise WouldLoseContent(f"The name {item.get('name')} refers to the sheet {name}.")


class _Tables:
    """Gives a donor's tables ids and names that are theirs alone in the workbook."""

    def __init__(self, change: Change, frame: Frame, old_ids: list[int]) -> None:
        self.change, self.frame, self.old_ids = change, frame, old_ids
        self.names: set[str] | None = None
        self.ids: set[int] = set()

    def _look(self) -> set[str]:
        """Ids and names of the tables that stay; looked up when the old ones are gone."""
        names = {name.casefold() for name in self.frame.names()}
        self.ids = set()
        for part in self.change.names():
            if _is(self.change, part, TABLE_TYPE):
                table = self.change.table(part)
                self.ids.add(table.id)
                names.add(table.name.casefold())
        return names

    def renumbered(self, content: bytes, rewriter: Rewriter) -> bytes:
        """A table's part with its new id and, if another table has its name, a new name."""
        if self.names is None:
            self.names = self._look()
        root = parse(content, "a drawn table")
        number = next((old for old in self.old_ids if old not in self.ids), free(self.ids))
        name = wished = root.get("displayName")
        count = 1
        while name.casefold() in self.names:
            count += 1
            name = f"{wished}_{count}"
        self.ids.add(number)
        self.names.add(name.casefold())
        for key, value in (("id", str(number)), ("name", name), ("displayName", name)):
            root.set(key, value)
        rewriter.recolour(root)
        return root.document()


def _is(change: Change, part: str, endings: str | tuple[str, ...]) -> bool:
    """Whether the content type of a part is one of these."""
    return change.type_of(part).endswith(endings)


def _moved(link: Link, target: dict[str, str], old: str, new: str) -> Link:
    if not link.outside:
        return link._replace(target=target[link.target])
    if link.target.startswith("#") and old != new:
        spelled = names_sheet(old).sub(lambda _: quoted(new) + "!", link.target[1:])
        return link._replace(target="#" + spelled)
    return link


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(piece), "") if piece.isdecimal() else (0, piece) for piece in re.split(r"([0-9]+)", name)]


def _formula_cells(sheet: bytes) -> set[bytes]:
    return set(_FORMULA_CELL.findall(sheet))
