"""``qmsbook doctor``: which door to the workbook is open on this PC, and what to do about the others."""

from __future__ import annotations

import contextlib
import dataclasses
import getpass
import platform as _platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from qmsbook import __version__
from qmsbook.hosts.libreoffice.bridge import program
from qmsbook.setup.distrust import SENTENCES, Distrust, distrust
from qmsbook.setup.install import ADDIN, SCRIPT, Python, installed_settings
from qmsbook.setup.places import Places
from qmsbook.setup.watch_lock import is_running

#: The rule of Microsoft Defender by which Office may not start programs ("Block all Office applications from
#: creating child processes").
RULE = "d4f940ab-401b-4efc-aadc-ad5f3c50688a"
_BLOCKS = frozenset({"1", "6"})  # block, and warn
_RULES = r"SOFTWARE\Policies\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules"
_MANAGED = r"SOFTWARE\Policies\Microsoft\Windows Defender\Policy Manager"
_SECURITY = r"Software\Policies\Microsoft\Office\16.0\Excel\Security"
_EXCEL_AT = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"

State = Literal["open", "closed", "not known"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found on a PC; None is for what cannot be known from here."""

    version: str
    system: str
    platform: str
    python: str
    python_version: str
    from_store: bool
    xlwings: bool
    excel: bool | None
    addin: str | None
    settings: dict[str, str] | None
    interpreter_there: bool
    script: bool
    start_blocked: bool | None
    macros_off: bool | None
    distrust: Distrust
    watching: bool
    waiting: int
    libreoffice: str | None
    extension: bool
    log: str
    last_lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Door:
    """A way to the workbook: whether it is open here, why, and what to do."""

    name: str
    state: State
    why: str
    remedy: str = ""


def gather(here: Places, python: Python) -> Facts:
    """Look around; changes nothing."""
    settings = installed_settings(here)
    interpreter = (settings or {}).get("interpreter", "")
    waiting = len(list(here.requests.glob("*.request"))) if here.requests.is_dir() else 0
    return Facts(
        version=__version__,
        system=f"{_platform.system()} {_platform.release()}",
        platform=here.platform,
        python=python.executable,
        python_version=_platform.python_version(),
        from_store=python.is_from_store,
        xlwings=find_spec("xlwings") is not None,
        excel=_excel(here),
        addin=str(here.startup / ADDIN) if here.startup else None,
        settings=settings,
        interpreter_there=bool(interpreter) and Path(interpreter).exists(),
        script=here.scripts is not None and (here.scripts / SCRIPT).exists(),
        start_blocked=_start_blocked(here.platform),
        macros_off=_macros_off(here.platform),
        distrust=distrust(_registry, str(here.startup / ADDIN)) if here.startup else "",
        watching=is_running(here),
        waiting=waiting,
        libreoffice=program(),
        extension=here.extension.exists(),
        log=str(here.log),
        last_lines=_last_lines(here.log),
    )


def judge(facts: Facts) -> tuple[Door, ...]:
    """The doors, the one to take first; from the facts alone."""
    return tuple(sorted(_doors(facts), key=lambda door: ("open", "not known", "closed").index(door.state)))


def _doors(facts: Facts) -> Iterator[Door]:
    yield _buttons(facts)
    if facts.platform == "win32":
        yield _watch(facts)
    if facts.libreoffice:
        yield _menu(facts)
    yield Door(
        "the command line, on a closed workbook", "open", "It needs neither Excel nor LibreOffice.",
        "Close the workbook, then: qmsbook refresh acme.xlsx",
    )  # fmt: skip


def _buttons(facts: Facts) -> Door:
    """The tab QMS of Excel, whose buttons start qmsbook."""
    name = "the buttons in Excel (tab QMS)"
    if facts.platform not in ("win32", "darwin") or facts.excel is False:
        return Door(name, "closed", "There is no desktop Excel here.", "Use the command line.")
    if facts.from_store and facts.platform == "win32":
        return Door(
            name, "closed", "This Python is the Microsoft Store's, which hides what it writes from Excel.",
            "Install Python from python.org, qmsbook into that one, and run its qmsbook install.",
        )  # fmt: skip
    if not facts.xlwings:
        return Door(name, "closed", "xlwings is missing.", "Run: pip install xlwings")
    if facts.settings is None:
        return Door(name, "closed", "They are not installed.", "Run: qmsbook install")
    if not facts.settings.get("interpreter"):
        return Door(name, "closed", "The add-in is not ours or not whole.", "Run: qmsbook install")
    if not facts.interpreter_there or (facts.platform == "darwin" and not facts.script):
        return Door(
            name, "closed", "The Python that they start is no longer there.", "Run qmsbook install again."
        )
    if facts.macros_off:
        return Door(
            name, "closed", "A policy of your company turns all macros off.",
            "Ask IT to trust the add-in, or use the command line.",
        )  # fmt: skip
    if facts.distrust:
        why, remedy = SENTENCES[facts.distrust]
        return Door(name, "not known", why, f"{remedy.format(addin=facts.addin)} Or use the command line.")
    if facts.settings.get("mode") == "watch":
        return Door(
            name, "open" if facts.watching else "closed", "They leave requests for qmsbook watch.",
            "" if facts.watching else "Start qmsbook watch (Start menu), and leave its window open.",
        )  # fmt: skip
    if facts.start_blocked:
        return Door(
            name, "closed", f"A rule of Microsoft Defender ({RULE}) forbids Office to start programs.",
            "Run: qmsbook install --watch   and then start qmsbook watch (Start menu).",
        )  # fmt: skip
    return Door(
        name, "not known" if facts.start_blocked is None else "open",
        "They are installed, and nothing was found that forbids them.",
        "Press Check on the tab QMS. If nothing comes within half a minute: qmsbook install --watch",
    )  # fmt: skip


def _watch(facts: Facts) -> Door:
    """The requests that `qmsbook watch` answers."""
    name = "qmsbook watch, where Office may not start programs"
    if facts.excel is False or not facts.xlwings or facts.from_store:
        return Door(name, "closed", "It needs the same as the buttons.")
    waiting = f" {facts.waiting} requests wait." if facts.waiting else ""
    if (facts.settings or {}).get("mode") != "watch":
        return Door(name, "not known", "The buttons do not use it now.", "To use it: qmsbook install --watch")
    if facts.watching:
        return Door(name, "open", f"It is running.{waiting}")
    return Door(name, "closed", f"It is not running.{waiting}", "Start qmsbook watch from the Start menu.")


def _menu(facts: Facts) -> Door:
    """The menu QMS of LibreOffice."""
    name = "the buttons in LibreOffice (menu QMS)"
    if not facts.extension:
        return Door(name, "closed", "They are not installed.", "Run: qmsbook install")
    return Door(name, "open", "They are installed.", "Open the workbook in LibreOffice, menu QMS, Check.")


def report(facts: Facts) -> list[str]:
    """What to print."""
    doors = judge(facts)
    lines = [f"qmsbook {facts.version} on {facts.system}, Python {facts.python_version}", ""]
    marks = {"open": "yes", "closed": "no", "not known": "perhaps"}
    for door in doors:
        lines.append(f"{marks[door.state]:>8}  {door.name}")
        lines += [f"          {text}" for text in (door.why, door.remedy) if text]
    lines += ["", f"What the buttons did stands in {facts.log}"]
    return lines


def as_dict(facts: Facts, share: bool = False) -> dict[str, Any]:
    """Facts and doors for programs; with ``share`` without anything that names a person."""
    found = dataclasses.asdict(facts)
    found["last_lines"] = list(facts.last_lines)
    if share:
        del found["last_lines"]  # they may hold names out of a workbook
    found = {**found, "doors": [dataclasses.asdict(door) for door in judge(facts)]}
    return anonymised(found, Path.home(), _user()) if share else found


def anonymised(value: Any, home: Path, user: str) -> Any:
    """The same without the person's folder and log-on name."""
    if isinstance(value, dict):
        return {key: anonymised(each, home, user) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [anonymised(each, home, user) for each in value]
    if not isinstance(value, str):
        return value
    for spelling in (str(home), home.as_posix()):
        if len(spelling) > 1:
            value = value.replace(spelling, "HOME")
    parts = value.replace("\\", "/").split("/")
    if len(user) > 1 and any(part.casefold() == user.casefold() for part in parts):
        value = "/".join("USER" if part.casefold() == user.casefold() else part for part in parts)
    return value


def _user() -> str:
    with contextlib.suppress(Exception):  # a system may not know who runs this
        return getpass.getuser()
    return ""


def _excel(here: Places) -> bool | None:
    if here.platform == "darwin":
        return Path("/Applications/Microsoft Excel.app").exists()
    if here.platform == "win32":
        return None if sys.platform != "win32" else bool(_registry("HKLM", _EXCEL_AT, ""))
    return False


def _start_blocked(platform: str) -> bool | None:
    """Whether Defender's rule is known to be on. Most PCs hide their rules from people: then None."""
    if platform != "win32":
        return False
    single = _registry("HKLM", _RULES, RULE)
    if single is not None:
        return single in _BLOCKS
    managed = _registry("HKLM", _MANAGED, "ASRRules")
    return None if managed is None else any(f"{RULE}={n}" in managed.casefold() for n in _BLOCKS)


def _macros_off(platform: str) -> bool | None:
    if platform != "win32":
        return None
    return any(_registry(root, _SECURITY, "VBAWarnings") == "4" for root in ("HKCU", "HKLM"))


def _registry(root: str, key: str, name: str) -> str | None:
    """A value of the registry as text; None where it is not there, may not be read, or there is none."""
    if sys.platform == "win32":
        import winreg

        roots = {"HKCU": winreg.HKEY_CURRENT_USER, "HKLM": winreg.HKEY_LOCAL_MACHINE}
        with contextlib.suppress(OSError), winreg.OpenKey(roots[root], key) as opened:
            return str(winreg.QueryValueEx(opened, name)[0])
    return None


def _last_lines(log: Path) -> tuple[str, ...]:
    try:
        return tuple(log.read_text("utf-8", "replace").splitlines()[-5:])
    except OSError:
        return ()
