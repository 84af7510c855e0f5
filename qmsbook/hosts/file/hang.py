"""What hangs on a table's columns, taken from a template: drop-downs, colours, formats of whole columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from qmsbook.book.cell import column_number, letters, range_a1
from qmsbook.book.table import ROOM, header_key
from qmsbook.hosts.file.around import Around, copied
from qmsbook.hosts.file.blocks import read_block
from qmsbook.hosts.file.decoder import Decoder
from qmsbook.hosts.file.element import Element
from qmsbook.hosts.file.foreign import MAX_COLUMN, Box, box, boxes, free, whole
from qmsbook.hosts.file.workbook import TablePart

_LAST_ROW = 1 << 20
#: Where a rule of colours can stand at most.
_LAST_RANK = (1 << 31) - 1
_CELL = re.compile(r'("(?:[^"]|"")*")|(?<![\w.$!])(\$?)([A-Z]{1,3})(\$?)([0-9]{1,7})(?![\w.(!])')


@dataclass(slots=True)
class Side:
    """A table on a sheet: of the template, or of the workbook that is mended."""

    around: Around
    decoder: Decoder
    part: TablePart

    @property
    def name(self) -> str:
        """The name of the sheet's part."""
        return self.around.xml.name

    def keys(self) -> dict[str, int]:
        """The rows by the text in the table's first column."""
        top, left, bottom, _ = self.part.body
        values = read_block(self.around.xml, self.decoder, (top, left, bottom, left)).values[0]
        return {str(value): top + row for row, value in enumerate(values) if value is not None}


@dataclass(slots=True)
class Hang:
    """What of a template's table is missing on the sheet of a workbook's table of the same name.

    ``columns`` are those of the sheet by those of the template, both counted from 1.
    """

    here: Side
    there: Side
    columns: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        mine = {header_key(h): self.here.part.box[1] + at for at, h in enumerate(self.here.part.headers)}
        for column, header in enumerate(self.there.part.headers, self.there.part.box[1]):
            if header_key(header) in mine:
                self.columns.setdefault(column, mine[header_key(header)])

    @property
    def _first(self) -> int:
        return self.here.part.body[0]

    @property
    def _last(self) -> int:
        """The last row that rules are to reach."""
        return max(self.here.part.body[2], self._first) + ROOM

    def rules(self) -> int:
        """Puts the drop-downs, bounds and help that the sheet lacks; says how many."""
        lacking = list(
            self._lacking("dataValidation", self.there.around.root.all("dataValidations", "dataValidation"))
        )
        if lacking:
            found = self.here.around.child("dataValidations")
            for rule, ref in lacking:
                found.insert(len(found.children), copied(rule, found))
                self._moved(found.children[-1], rule, ref)
            found.set("count", str(len(found.children)))
        return len(lacking)

    def colours(self, look: Callable[[str], str]) -> int:
        """Puts the conditional formats that the sheet lacks; says how many.

        ``look`` gives the number that a format of the template has in the workbook.
        """
        root = self.here.around.root
        ranks = {
            whole(rule.get("priority", "0"), self.here.name, "the rank of a rule")
            for rule in root.walk("cfRule")
        }
        lacking = list(
            self._lacking("conditionalFormatting", self.there.around.root.all("conditionalFormatting"))
        )
        for colours, ref in lacking:
            made = self.here.around.add("conditionalFormatting")
            for rule in colours.children:
                ranks.add(rank := free(ranks, most=_LAST_RANK))
                fresh = copied(rule, made)
                made.insert(len(made.children), fresh)
                fresh.set("priority", str(rank))
                if "dxfId" in fresh.attributes:
                    fresh.set("dxfId", look(fresh.get("dxfId")))
            self._moved(made, colours, ref)
        return len(lacking)

    def _moved(self, made: Element, like: Element, ref: str) -> None:
        """Gives a copy of a rule its range, and its formulas the cells that they mean there."""
        made.set("sqref", ref)
        rows = box(ref, "")[0] - box(like.get("sqref"), "")[0]
        for formula in made.walk():
            if formula.name.startswith("formula") and formula.text:
                text = _CELL.sub(lambda match: self._cell(match, rows), formula.text)
                if text != formula.text:
                    formula.write(text)

    def _cell(self, match: re.Match[str], rows: int) -> str:
        if match[1]:
            return match[0]
        column = self.columns[column_number(match[3])]
        return f"{match[2]}{letters(column)}{match[4]}{int(match[5]) + rows}"

    def _lacking(self, kind: str, wanted: Iterator[Element]) -> Iterator[tuple[Element, str]]:
        """The template's rules for cells that none of the kind covers yet, and the range each is to have."""
        covered = _covered(self.here.around.root, kind, self.here.name)
        rows: tuple[dict[str, int], dict[int, str]] | None = None
        for rule in wanted:
            top, left, bottom, _ = box(rule.get("sqref"), "")
            column = self.columns.get(left)
            first, last = self._first, self._last
            if top == bottom and kind == "dataValidation":  # each setting has a rule of its own
                rows = rows or (self.here.keys(), {row: key for key, row in self.there.keys().items()})
                first = last = rows[0].get(rows[1].get(top, ""), 0)
            if column is None or not first or not self._is_known(rule):
                continue
            if not any(each[0] <= first <= each[2] and each[1] <= column <= each[3] for each in covered):
                yield (
                    rule,
                    range_a1(first, column, last, column) if last > first else f"{letters(column)}{first}",
                )

    def _is_known(self, rule: Element) -> bool:
        """Whether the sheet has all columns that a rule speaks of."""
        texts = (found.text for found in rule.walk() if found.name.startswith("formula"))
        cells = (match for text in texts for match in _CELL.finditer(text) if not match[1])
        return all(column_number(match[3]) in self.columns for match in cells)

    def shorter(self) -> int:
        """Ends the rules that reached the sheet's end where enough is; says how many."""
        ours, count = set(self.columns.values()), 0

        def cut(ref: str) -> str:
            top, left, bottom, right = box(ref, self.here.name, "the range of a rule")
            long = top == self._first and bottom == _LAST_ROW and ours.issuperset(range(left, right + 1))
            return range_a1(top, left, self._last, right) if long else ref

        for kind in ("dataValidation", "conditionalFormatting"):
            for rule in self.here.around.root.walk(kind):
                old = rule.get("sqref").split()
                new = [cut(ref) for ref in old]
                if new != old:
                    rule.set("sqref", " ".join(new))
                    count += 1
        return count

    def formats(self, texts: frozenset[int], is_plain: Callable[[int], bool]) -> dict[int, tuple[int, bool]]:
        """The columns whose format is missing: the template's, or their own and True, to become text.

        ``texts`` are the template's formats for texts; ``is_plain`` knows a format that shows any number.
        """
        theirs, now = self.there.around.xml.column_styles(), self.here.around.xml.column_styles()
        found = {}
        for old, place in self.columns.items():
            mine, style = theirs.get(old, 0), now.get(place, 0)
            if mine and not style:
                found[place] = mine, False
            elif mine in texts and is_plain(style):
                found[place] = style, True
        return found

    def dress(self, styles: Mapping[int, int]) -> None:
        """Gives whole columns their formats; those that had no width get the template's too."""
        widths = self.there.around.xml.column_widths()
        theirs = {here: widths[there] for there, here in self.columns.items() if there in widths}
        found = self.here.around.child("cols")
        pieces, left = [], dict(styles)
        for item in list(found.children):
            span = item.attributes
            first = whole(span.get("min", ""), self.here.name, "the first of some columns", 1, MAX_COLUMN)
            last = whole(span.get("max", ""), self.here.name, "the last of some columns", first, MAX_COLUMN)
            for column in sorted(column for column in styles if first <= column <= last):
                left.pop(column)
                if first < column:
                    pieces.append({**span, "min": str(first), "max": str(column - 1)})
                pieces.append({**span, "min": str(column), "max": str(column), "style": str(styles[column])})
                first = column + 1
            if first <= last:
                pieces.append({**span, "min": str(first), "max": str(last)})
            found.remove(item)
        for column, style in left.items():
            at = {"min": str(column), "max": str(column), "width": f"{theirs.get(column, 8.43):g}"}
            pieces.append({**at, "style": str(style), "customWidth": "1"})
        for piece in sorted(pieces, key=lambda piece: int(piece["min"])):
            found.add("col", piece)


def _covered(root: Element, kind: str, part: str) -> list[Box]:
    refs = []
    for rule in root.walk(kind):
        refs += rule.get("sqref").split()
        refs += [ref for found in rule.all("sqref") for ref in found.text.split()]
    return boxes(" ".join(refs), part, "the range of a rule")
