"""A workbook as a PDF, by a program that can: LibreOffice, else Excel where it runs."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from qmsbook.hosts.libreoffice.bridge import environment, program

#: Seconds until a converter that does not answer is given up.
_PATIENCE = 120.0


def as_pdf(content: bytes, name: str) -> bytes | None:
    """The pages of a workbook as they print, or None where no program here can make a PDF."""
    with tempfile.TemporaryDirectory(prefix="qmsbook-pdf-", ignore_cleanup_errors=True) as folder:
        source = Path(folder) / f"{name}.xlsx"
        source.write_bytes(content)
        made = _by_libreoffice(source) or _by_excel(source)
        return made.read_bytes() if made else None


def _by_libreoffice(source: Path) -> Path | None:
    soffice = program()
    if soffice is None:
        return None
    profile = source.parent / "profile"  # of its own: a LibreOffice that is open would answer in its place
    command = [
        soffice, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nologo",
        "--convert-to", "pdf:calc_pdf_Export", "--outdir", str(source.parent), str(source),
    ]  # fmt: skip
    made = source.with_suffix(".pdf")
    for _ in range(2):  # a fresh profile may end the first start without doing anything
        with contextlib.suppress(subprocess.TimeoutExpired, OSError):
            subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_PATIENCE, check=False,
                env=environment(),
            )  # fmt: skip
        if made.exists():
            return made
    return None


def _by_excel(source: Path) -> Path | None:
    """Excel's own, in an Excel of its own without windows. Not run by us: there was no Excel to try it."""
    if sys.platform not in {"win32", "darwin"}:
        return None
    made = source.with_suffix(".pdf")
    app: Any = None
    try:
        import xlwings

        app = xlwings.App(visible=False, add_book=False)
        app.books.open(str(source), read_only=True).to_pdf(str(made))
    except Exception:  # whatever hinders Excel: there is then no PDF, and the person is told
        return None
    finally:
        with contextlib.suppress(Exception):
            app.quit()
    return made if made.exists() else None
