"""Where things belong on a PC, as data: the same platform and environment give the same places anywhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

#: Where a Mac lets Excel, which is fenced in, read and write.
_MAC_EXCEL = "Library/Containers/com.microsoft.Excel/Data"
_MAC_STARTUP = "Library/Group Containers/UBF8T346G9.Office/User Content.localized/Startup.localized/Excel"


@dataclass(frozen=True, slots=True)
class Places:
    """One person's folders. None: this platform has no such place, for instance no Excel.

    ``data`` is qmsbook's own; ``requests`` is where buttons leave word for ``qmsbook watch``; ``startup`` is
    the folder whose add-ins Excel loads; ``scripts`` the one from which Excel for macOS may call a script;
    ``office_profile`` LibreOffice's.
    """

    platform: str
    home: Path
    data: Path
    logs: Path
    requests: Path
    startup: Path | None = None
    scripts: Path | None = None
    start_menu: Path | None = None
    documents: Path | None = None
    office_profile: Path | None = None

    @property
    def log(self) -> Path:
        """The file that tells what the buttons did."""
        return self.logs / "qmsbook.log"

    @property
    def extension(self) -> Path:
        """The LibreOffice extension as `install` left it, with this Python's path in it."""
        return self.data / "qmsbook.oxt"


def places(platform: str = sys.platform, environment: Mapping[str, str] = os.environ) -> Places:
    """The places of a platform (as ``sys.platform`` names it) and an environment."""
    if platform == "win32":
        return _windows(environment)
    home = Path(environment.get("HOME") or "/")
    return _mac(home) if platform == "darwin" else _linux(home, environment)


def _windows(environment: Mapping[str, str]) -> Places:
    home = Path(environment.get("USERPROFILE") or "C:/")
    roaming = Path(environment.get("APPDATA") or home / "AppData" / "Roaming")
    local = Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local") / "qmsbook"
    microsoft = roaming / "Microsoft"
    return Places(
        "win32", home, local, local / "Logs", local / "Requests",
        startup=microsoft / "Excel" / "XLSTART",
        start_menu=microsoft / "Windows" / "Start Menu" / "Programs" / "qmsbook",
        documents=home / "Documents",
    )  # fmt: skip


def _mac(home: Path) -> Places:
    library = home / "Library"
    return Places(
        "darwin", home, library / "Application Support" / "qmsbook", library / "Logs" / "qmsbook",
        home / _MAC_EXCEL / "qmsbook" / "Requests",
        startup=home / _MAC_STARTUP,
        scripts=library / "Application Scripts" / "com.microsoft.Excel",
        documents=home / "Documents",
    )  # fmt: skip


def _linux(home: Path, environment: Mapping[str, str]) -> Places:
    data = Path(environment.get("XDG_DATA_HOME") or home / ".local" / "share") / "qmsbook"
    state = Path(environment.get("XDG_STATE_HOME") or home / ".local" / "state") / "qmsbook"
    config = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    return Places(
        "linux", home, data, state, data / "requests",
        documents=home,
        office_profile=config / "libreoffice" / "4",
    )  # fmt: skip
