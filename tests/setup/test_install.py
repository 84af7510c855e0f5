"""Installing, and what doctor says: Windows and macOS are folders and facts, so all runs anywhere."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from qmsbook.setup.addins import built, settings_of
from qmsbook.setup.doctor import Facts, anonymised, as_dict, gather, judge, report
from qmsbook.setup.install import ADDIN, SCRIPT, NoButtonsHere, Python, StorePython, install, uninstall
from qmsbook.setup.places import Places, places


@pytest.fixture
def windows(tmp_path: Path) -> Places:
    home = tmp_path / "Users" / "Ängela 100%"
    roaming, local = home / "AppData" / "Roaming", home / "AppData" / "Local"
    return places("win32", {"USERPROFILE": str(home), "APPDATA": str(roaming), "LOCALAPPDATA": str(local)})


@pytest.fixture
def mac(tmp_path: Path) -> Places:
    return places("darwin", {"HOME": str(tmp_path / "Users" / "angela")})


@pytest.fixture
def python(tmp_path: Path) -> Python:
    folder = tmp_path / "Ängela 100%" / "Scripts"
    folder.mkdir(parents=True)
    for name in ("python.exe", "pythonw.exe"):
        (folder / name).touch()
    return Python(str(folder / "python.exe"), str(tmp_path / "Python311"))


def below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_places_are_data() -> None:
    windows = places("win32", {"USERPROFILE": "/u", "APPDATA": "/u/R", "LOCALAPPDATA": "/u/L"})
    assert windows.startup == Path("/u/R/Microsoft/Excel/XLSTART")
    assert windows.requests == Path("/u/L/qmsbook/Requests")
    assert windows.log == Path("/u/L/qmsbook/Logs/qmsbook.log")
    mac = places("darwin", {"HOME": "/h"})
    assert mac.scripts == Path("/h/Library/Application Scripts/com.microsoft.Excel")
    assert Path("/h/Library/Containers/com.microsoft.Excel/Data") in mac.requests.parents
    assert mac.log == Path("/h/Library/Logs/qmsbook/qmsbook.log")
    linux = places("linux", {"HOME": "/h", "XDG_STATE_HOME": "/s"})
    assert linux.log == Path("/s/qmsbook/qmsbook.log")
    assert linux.startup is None


def test_on_windows_the_add_in_starts_this_python_without_a_console(windows: Places, python: Python) -> None:
    install(windows, python)
    assert windows.startup is not None
    settings = settings_of((windows.startup / ADDIN).read_bytes())
    assert settings["interpreter"] == str(Path(python.executable).with_name("pythonw.exe"))
    assert settings["mode"] == "run"
    assert Path(settings["requests"]).is_dir()


def test_on_windows_doctor_and_watch_are_in_the_start_menu(windows: Places, python: Python) -> None:
    install(windows, python)
    assert windows.start_menu is not None
    for name in ("doctor", "watch"):
        content = (windows.start_menu / f"qmsbook {name}.cmd").read_bytes()
        assert f'"{python.executable.replace("%", "%%")}" -E -P -m qmsbook {name}\r\n'.encode() in content
        assert b"\n" not in content.replace(b"\r\n", b"")


def test_with_watch_the_buttons_leave_requests(windows: Places, python: Python) -> None:
    told = install(windows, python, watch=True)
    assert windows.startup is not None
    assert settings_of((windows.startup / ADDIN).read_bytes())["mode"] == "watch"
    assert "start qmsbook watch" in " ".join(told)


def test_on_a_mac_the_script_holds_the_interpreter(mac: Places, python: Python) -> None:
    install(mac, python)
    assert mac.scripts is not None
    assert mac.startup is not None
    quoted = python.executable.replace("\\", "\\\\")  # where the test runs on Windows
    assert f'property interpreter : "{quoted}"' in (mac.scripts / SCRIPT).read_text("utf-8")
    assert settings_of((mac.startup / ADDIN).read_bytes())["interpreter"] == python.executable


@pytest.mark.parametrize("system", ["windows", "mac"])
def test_uninstall_takes_out_what_install_put_and_nothing_else(
    system: str, request: pytest.FixtureRequest, python: Python
) -> None:
    here: Places = request.getfixturevalue(system)
    assert here.startup is not None
    here.startup.mkdir(parents=True)
    (here.startup / "mine.xlsx").touch()
    before = below(here.home)
    install(here, python)
    install(here, python)
    assert below(here.home) > before
    uninstall(here)
    assert below(here.home) == before
    assert uninstall(here) == ("There was nothing to remove.",)


@pytest.mark.parametrize("field", ["executable", "base"])
def test_the_store_s_python_is_refused_with_the_remedy(windows: Places, python: Python, field: str) -> None:
    store = "C:\\Program Files\\WindowsApps\\PythonSoftwareFoundation.Python.3.11_qbz5n2kfra8p0"
    with pytest.raises(StorePython, match=r"python\.org"):
        install(windows, dataclasses.replace(python, **{field: store}))
    assert not below(windows.home)


def test_where_there_is_no_excel_nothing_is_put(tmp_path: Path, python: Python) -> None:
    with pytest.raises(NoButtonsHere):
        install(places("linux", {"HOME": str(tmp_path / "home")}), python)
    assert not (tmp_path / "home").exists()


FACTS = Facts(
    version="0.1.0", system="Windows 11", platform="win32", python="C:/P/python.exe", python_version="3.11.7",
    from_store=False, xlwings=True, excel=True, addin="X",
    settings={"interpreter": "C:/P/pythonw.exe", "mode": "run", "requests": "R"},
    interpreter_there=True, script=False, start_blocked=False, macros_off=False, distrust="",
    watching=False, waiting=0, libreoffice=None, extension=False, log="L",
)  # fmt: skip
WATCHED = {**(FACTS.settings or {}), "mode": "watch"}


@pytest.mark.parametrize(
    ("changes", "state", "words"),
    [
        ({}, "open", "Press Check"),
        ({"start_blocked": None}, "not known", "install --watch"),
        ({"start_blocked": True}, "closed", "install --watch"),
        ({"settings": None}, "closed", "Run: qmsbook install"),
        ({"settings": {}}, "closed", "Run: qmsbook install"),
        ({"interpreter_there": False}, "closed", "again"),
        ({"from_store": True}, "closed", "python.org"),
        ({"xlwings": False}, "closed", "xlwings"),
        ({"macros_off": True}, "closed", "Ask IT"),
        ({"excel": False}, "closed", "command line"),
        ({"settings": WATCHED}, "closed", "Start qmsbook watch"),
        ({"settings": WATCHED, "watching": True, "start_blocked": True}, "open", ""),
        ({"platform": "darwin", "script": False}, "closed", "again"),
        ({"platform": "darwin", "script": True}, "open", "Press Check"),
        ({"platform": "linux", "excel": False}, "closed", "command line"),
    ],
)
def test_doctor_says_whether_the_buttons_work_and_what_to_do(
    changes: dict[str, object], state: str, words: str
) -> None:
    facts = dataclasses.replace(FACTS, **changes)  # type: ignore[arg-type]
    doors = judge(facts)
    buttons = next(door for door in doors if "tab QMS" in door.name)
    assert buttons.state == state
    assert words in buttons.remedy
    assert doors[0].state == "open"
    assert any(buttons.why in line for line in report(facts))


def test_a_libreoffice_that_refuses_leaves_excel_s_buttons_in_place(windows: Places, python: Python) -> None:
    told = install(windows, python, office=str(windows.home / "no such folder" / "soffice.exe"))
    assert told[-1].startswith("LibreOffice did not take the menu QMS. Close LibreOffice")
    assert "unopkg.exe" in told[-1]
    assert any(text.startswith("Excel: the tab QMS is there") for text in told)
    assert not windows.extension.exists()


@pytest.mark.parametrize("platform", ["win32", "darwin", "linux"])
def test_doctor_knows_libreoffice_s_door_on_every_system(platform: str) -> None:
    facts = dataclasses.replace(FACTS, platform=platform, libreoffice="soffice", xlwings=False)
    doors = [judge(each) for each in (facts, dataclasses.replace(facts, extension=True))]
    found = [next(door for door in each if "menu QMS" in door.name) for each in doors]
    assert [(door.state, door.remedy) for door in found] == [
        ("closed", "Run: qmsbook install"), ("open", "Open the workbook in LibreOffice, menu QMS, Check."),
    ]  # fmt: skip


def test_doctor_looks_around_and_changes_nothing(windows: Places, python: Python) -> None:
    install(windows, python)
    before = below(windows.home)
    facts = gather(windows, python)
    assert facts.settings is not None
    assert facts.interpreter_there
    assert below(windows.home) == before


def test_what_is_shared_names_nobody() -> None:
    facts = {"a": ["C:\\Users\\erin\\x", "/home/erin/y"], "b": {"c": "D:/Profiles/Erin/z", "d": "erinaceous"}}
    shared = anonymised(facts, Path("/home/erin"), "erin")
    assert "erin" not in json.dumps(shared).casefold().replace("erinaceous", "")
    assert shared["a"][1] == "HOME/y"
    assert "last_lines" not in as_dict(dataclasses.replace(FACTS, last_lines=("check: Erin",)), share=True)


def test_the_commands_exist(tmp_path: Path) -> None:
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_STATE_HOME": "", "XDG_DATA_HOME": ""}
    command = [sys.executable, "-P", "-m", "qmsbook"]

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *arguments], capture_output=True, text=True, env=environment, check=False, timeout=60
        )

    found = json.loads(run("doctor", "--json").stdout)
    assert found["schema"] == 2
    assert {door["state"] for door in found["doors"]} <= {"open", "closed", "not known"}
    assert str(tmp_path) not in run("doctor", "--share").stdout
    assert "the command line" in run("doctor").stdout
    assert "nothing to remove" in run("uninstall").stdout
    assert "not running" in run("watch", "--stop").stdout


def test_the_built_add_in_knows_the_settings() -> None:
    assert set(settings_of(built())) == {"interpreter", "mode", "requests"}
