"""What stands around a sheet's cells, to be edited while the cells stay as they are."""

from __future__ import annotations

from qmsbook.hosts.file.element import Element, fresh
from qmsbook.hosts.file.scan import SheetXml
from qmsbook.hosts.file.xml import parse

#: What may stand in a sheet, in its order.
_ORDER = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr",
    "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate",
    "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks",
    "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties",
    "cellWatches", "ignoredErrors", "smartTags", "drawing", "drawingHF", "legacyDrawing", "legacyDrawingHF",
    "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
)  # fmt: skip


class Around:
    """A sheet without its cells: ``root`` is its outermost element."""

    def __init__(self, xml: SheetXml, name: str) -> None:
        self.xml = xml
        self.before = xml.data[: xml.start] + xml.data[xml.end :]
        self.root = parse(self.before, name)

    def child(self, name: str) -> Element:
        """An element that stands directly in the sheet; made at its place if there is none."""
        return self.root.first(name) or self.add(name)

    def add(self, name: str) -> Element:
        """A new element of that name behind all others of it, where the schema wants it."""
        later = _ORDER[_ORDER.index(name) + 1 :]
        children = enumerate(self.root.children)
        return self.root.add(name, {}, next((at for at, item in children if _sort(item) in later), None))

    @property
    def changed(self) -> bool:
        """Whether anything was edited."""
        return self.root.document() != self.before

    def content(self) -> bytes:
        """The whole sheet, with its cells as they were."""
        edited = SheetXml(self.root.document(), "", checked=True)
        cells = self.xml.data[self.xml.start : self.xml.end]
        return edited.data[: edited.start] + cells + edited.data[edited.start :]


def _sort(item: Element) -> str:
    """An element's name; what is wrapped for programs of another age goes by the name of what is inside."""
    inside = (found.name for found in item.walk() if found.name in _ORDER)
    return next(inside, "") if item.name == "AlternateContent" else item.name


def copied(element: Element, home: Element) -> Element:
    """A copy of an element, texts included, for a place in another part: with its prefix and namespace."""
    made = fresh(home.prefix, element.name, home.namespace, element.attributes, home.scope)
    for child in element.children:
        made.insert(len(made.children), copied(child, home))
    if element.text and not element.children:
        made.write(element.text)
    return made
