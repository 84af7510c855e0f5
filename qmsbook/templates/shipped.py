"""The workbooks that come with qmsbook, as they lie in the package or beside it."""

from __future__ import annotations

from pathlib import Path


def templates_folder() -> Path:
    """Where the template workbooks and the example's sources lie: in the package, or beside it in a clone."""
    package = Path(__file__).parents[1]
    inside = package / "workbook_templates"
    return inside if inside.is_dir() else package.parent / "workbook_templates"


def template(name: str) -> bytes:
    """A workbook that comes with qmsbook: ``qmsbook.xlsx`` (empty) or ``example.xlsx``."""
    return (templates_folder() / name).read_bytes()
