"""Builds the LibreOffice extension from text: ``python addin/oxt.py [OUT]``, always the same bytes."""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent / "libreoffice"
#: In the order of the package; `qmsbook install` adds interpreter.txt.
PARTS = (
    "META-INF/manifest.xml", "description.xml", "Addons.xcu", "ProtocolHandler.xcu", "CalcWindowState.xcu",
    "qmsbook_handler.py",
)  # fmt: skip
#: Long before any computer's clock: a date would make every build another file.
DATE = (1980, 1, 1, 0, 0, 0)


def extension() -> bytes:
    """The whole extension: entries are stored, not packed, and bear no date."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as package:
        for name in PARTS:
            entry = zipfile.ZipInfo(name, DATE)
            entry.create_system = 0  # else Python notes on which system it ran
            package.writestr(entry, (HERE / name).read_bytes().replace(b"\r\n", b"\n"))
    return target.getvalue()


def main() -> None:
    """Write the extension to the path given, or to dist/qmsbook.oxt, which Git does not take up."""
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "dist/qmsbook.oxt")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(extension())
    print(f"{out}: {out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
