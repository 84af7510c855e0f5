"""Renames and adds sheets, and moves and adds a table's columns, as Excel does: by plain XML."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree
from ooxml import (
    MAIN,
    REL,
    Element,
    Parts,
    add_link,
    add_part,
    address,
    book_part,
    cell_of,
    fresh,
    letters,
    local,
    number,
    parse,
    place,
    ref_of,
    rows,
    serialised,
    set_cell,
    tables,
    texts,
)

_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"

# -- sheets -----------------------------------------------------------------------------------------------


def rename_sheet(parts: Parts, old: str, new: str) -> None:
    """Renames a sheet and everything that names it, as Excel does."""
    book = parse(parts[book_part(parts)])
    for entry in book.iterfind("{*}sheets/{*}sheet"):
        if entry.get("name") == old:
            entry.set("name", new)
    for item in book.iterfind("{*}definedNames/{*}definedName"):
        item.text = renamed(item.text or "", old, new)
    parts[book_part(parts)] = serialised(book)
    for name in list(parts):
        if name.startswith(("xl/worksheets/sheet", "xl/charts/chart")):
            _rename_within(parts, name, old, new)


def _rename_within(parts: Parts, name: str, old: str, new: str) -> None:
    root, changed = parse(parts[name]), False
    for item in root.iter():
        if local(item) in ("f", "formula", "formula1", "formula2") and item.text:
            text = renamed(item.text, old, new)
            changed |= text != item.text
            item.text = text
        if local(item) == "hyperlink" and item.get("location"):
            text = renamed(str(item.get("location")), old, new)
            changed |= text != item.get("location")
            item.set("location", text)
    if changed:
        parts[name] = serialised(root)


def renamed(formula: str, old: str, new: str) -> str:
    """A formula in which a sheet has another name."""
    spelled = re.escape("'" + old.replace("'", "''") + "'!")
    if re.fullmatch(r"\w+", old):
        spelled += rf"|(?<![\w'.\]]){re.escape(old)}!"
    return re.sub(spelled, lambda _: quoted(new) + "!", formula)


def quoted(name: str) -> str:
    """A sheet's name as it stands in a formula."""
    return name if re.fullmatch(r"[A-Za-z_]\w*", name) else "'" + name.replace("'", "''") + "'"


def add_sheet(parts: Parts, name: str, root: Element, at: int | None = None, state: str = "") -> str:
    """Adds a sheet, last or at a place among the tabs; gives its part."""
    part = add_part(parts, fresh(parts, "xl/worksheets/sheet"), serialised(root), _SHEET_TYPE)
    rel = add_link(parts, book_part(parts), "worksheet", part)
    book = parse(parts[book_part(parts)])
    listed = book.find(f"{{{MAIN}}}sheets")
    assert listed is not None
    tab = len(listed) if at is None else at
    number_ = max(int(item.get("sheetId", "0")) for item in listed) + 1
    entry = etree.Element(f"{{{MAIN}}}sheet", name=name, sheetId=str(number_))
    if state:
        entry.set("state", state)
    entry.set(f"{{{REL}}}id", rel)
    listed.insert(tab, entry)
    counted = [(item, "localSheetId") for item in book.iterfind("{*}definedNames/{*}definedName")]
    counted += [(view, "activeTab") for view in book.iterfind("{*}bookViews/{*}workbookView")]
    for item, key in counted:
        if int(item.get(key, "-1")) >= tab:
            item.set(key, str(int(item.get(key, "0")) + 1))
    parts[book_part(parts)] = serialised(book)
    return part


# -- columns ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Own:
    """A column of the user's own: what each row of the table holds; a formula makes it calculated."""

    header: str
    value: Callable[[int, Mapping[str, str]], str | float | None]
    formula: str = ""
    width: float = 17.25


def rearrange(parts: Parts, table: str, order: Sequence[str | Own]) -> None:
    """Puts a table's columns into another order, new ones among them, with all that hangs on the columns."""
    info = tables(parts)[table]
    old = {header: info.column(header) for header in info.headers}
    moved = {old[h]: at for at, h in enumerate(order, info.box[1]) if isinstance(h, str)}
    root = parse(parts[info.sheet_part])
    held = texts(parts, info.sheet_part)
    _move_columns(root, moved)
    beside = [{h: held.get(address(row, c), "") for h, c in old.items()} for row in info.data_rows]
    for at, column in enumerate(order, info.box[1]):
        if isinstance(column, Own):
            _fill(root, info.box, at, column, beside)
    box = (info.box[0], info.box[1], info.box[2], info.box[1] + len(order) - 1)
    dimension = root.find("{*}dimension")
    if dimension is not None:
        dimension.set("ref", ref_of(box))
    for row in rows(root):
        row.attrib.pop("spans", None)
    parts[info.sheet_part] = serialised(root)
    _rearrange_table(parts, info.part, order, box)


def _move_columns(root: Element, moved: Mapping[int, int]) -> None:
    for row in rows(root):
        cells = list(row)
        for cell in cells:
            line, column = place(str(cell.get("r")))
            cell.set("r", address(line, moved.get(column, column)))
        row[:] = sorted(cells, key=lambda cell: place(str(cell.get("r")))[1])
    cols = root.find(f"{{{MAIN}}}cols")
    if cols is not None:
        single = [
            _one_column(col, n)
            for col in cols
            for n in range(int(col.get("min", "0")), int(col.get("max", "0")) + 1)
        ]
        for col in single:
            here = str(moved.get(int(col.get("min", "0")), int(col.get("min", "0"))))
            col.set("min", here)
            col.set("max", here)
        cols[:] = sorted(single, key=lambda col: int(col.get("min", "0")))
    for item in root.iter(f"{{{MAIN}}}conditionalFormatting", f"{{{MAIN}}}dataValidation"):
        item.set("sqref", _moved_refs(str(item.get("sqref")), moved))
        for formula in item.iter(f"{{{MAIN}}}formula", f"{{{MAIN}}}formula1", f"{{{MAIN}}}formula2"):
            formula.text = _moved_refs(formula.text or "", moved)


def _one_column(col: Element, column: int) -> Element:
    made = etree.Element(col.tag, dict(col.attrib))
    made.set("min", str(column))
    made.set("max", str(column))
    return made


def _moved_refs(text: str, moved: Mapping[int, int]) -> str:
    def one(match: re.Match[str]) -> str:
        if match[0].startswith('"'):
            return match[0]
        column = number(match[2])
        return f"{match[1]}{letters(moved.get(column, column))}{match[3]}"

    return re.sub(r'"[^"]*"|(?<![\w$])(\$?)([A-Z]{1,3})(\$?[0-9]+)(?![\w(])', one, text)


def _fill(
    root: Element, box: tuple[int, int, int, int], column: int, own: Own, beside: list[dict[str, str]]
) -> None:
    top = box[0]
    head = set_cell(root, top, column, own.header)
    head.set("s", str(cell_of(root, top, box[1]).get("s", "0")))
    for index, held in enumerate(beside):
        value = own.value(index, held)
        if value is None and not own.formula:
            continue
        cell = set_cell(root, top + 1 + index, column, value, own.formula)
        if value == "#VALUE!":
            cell.set("t", "e")
    cols = root.find(f"{{{MAIN}}}cols")
    assert cols is not None
    made = etree.Element(
        f"{{{MAIN}}}col", min=str(column), max=str(column), width=str(own.width), customWidth="1"
    )
    after = next((col for col in cols if int(col.get("min", "0")) > column), None)
    cols.append(made) if after is None else after.addprevious(made)


def _rearrange_table(
    parts: Parts, part: str, order: Sequence[str | Own], box: tuple[int, int, int, int]
) -> None:
    root = parse(parts[part])
    root.set("ref", ref_of(box))
    root.find("{*}autoFilter").set("ref", ref_of(box))
    listed = root.find("{*}tableColumns")
    known = {str(item.get("name")): item for item in listed}
    free = max(int(item.get("id", "0")) for item in listed)
    listed[:] = []
    for column in order:
        if isinstance(column, str):
            listed.append(known[column])
            continue
        free += 1
        item = etree.SubElement(listed, f"{{{MAIN}}}tableColumn", id=str(free), name=column.header)
        if column.formula:
            etree.SubElement(item, f"{{{MAIN}}}calculatedColumnFormula").text = column.formula
    listed.set("count", str(len(order)))
    parts[part] = serialised(root)
