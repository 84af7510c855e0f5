"""The workbooks that come with qmsbook, and new ones made of them."""

from __future__ import annotations

from pathlib import Path

from qmsbook.error import QmsbookError
from qmsbook.work import Done


class FileExists(QmsbookError):
    """There is already a file of that name; qmsbook does not overwrite it. Choose another name."""

    exit_code = 2


def template(name: str) -> bytes:
    """A workbook that comes with qmsbook: ``qmsbook.xlsx`` (empty) or ``example.xlsx``."""
    here = Path(__file__).parent
    for folder in (here / "workbook_templates", here.parent / "workbook_templates"):
        if (folder / name).exists():
            return (folder / name).read_bytes()
    raise FileNotFoundError(name)


def new(path: Path, company: str = "") -> Done:
    """Make an empty workbook with an id of its own. Raises FileExists."""
    from uuid import uuid4

    from qmsbook.stamp import stamp_id

    write_new(path, stamp_id(template("qmsbook.xlsx"), str(uuid4()), company or None))
    return Done((f"{path} is ready. Open it and begin on the sheet Start.",))


def write_new(path: Path, content: bytes) -> None:
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        raise FileExists(f"Found: {path}.") from None
