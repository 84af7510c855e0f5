"""The ribbon and its VBA: read, analysed and run by programs that did not write them.

None of them is Excel, and each misses something, so there are many. The Open XML SDK validator holds the
ribbon's XML against Microsoft's schema of 2009; where it is missing, a list of elements and attributes
written by hand for this ribbon still applies. The icons' names are held against a list by hand too, from
what Microsoft has published.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import addin_built
import pytest
from addin_built import ADDIN, COMMANDS, build, for_windows, sources
from common import complaints, rebuild
from lxml import etree
from pyopenvba.apps.excel import ExcelApplication
from pyvbaanalysis import ConditionalCompilationEnvironment, analyze_office_file

from qmsbook.doors.buttons import run
from qmsbook.doors.screens.memory import MemoryScreen
from qmsbook.hosts.excel.saved import MAC_MACRO
from qmsbook.setup.places import places

RIBBON = "{http://schemas.microsoft.com/office/2009/07/customui}"

addin, other_sources = addin_built.addin, addin_built.other_sources


#: Of [MS-CUSTOMUI2] (the 2009 schema), what this ribbon may use.
ELEMENTS = {
    "customUI": set(),
    "ribbon": set(),
    "tabs": set(),
    "tab": {"id", "label", "keytip"},
    "group": {"id", "label"},
    "button": {"id", "label", "size", "keytip", "imageMso", "onAction", "screentip", "supertip"},
}
#: Of Microsoft's published lists of Excel's control identifiers.
ICONS = {
    "ErrorChecking",
    "Help",
    "RefreshAll",
    "ReviewShowAllComments",
    "SheetProtect",
    "TableRowsInsertBelowExcel",
    "FileSendAsAttachment",
    "Undo",
    "ViewPageLayoutView",
}


class TestRibbon:
    @pytest.fixture
    def ribbon(self) -> Any:
        return etree.parse(
            ADDIN / "ribbon" / "customUI14.xml", etree.XMLParser(remove_comments=True)
        ).getroot()

    def test_elements_and_attributes(self, ribbon: Any) -> None:
        for element in ribbon.iter():
            assert set(element.attrib) <= ELEMENTS[element.tag.removeprefix(RIBBON)]
        for button in ribbon.iter(f"{RIBBON}button"):
            assert set(button.attrib) >= ELEMENTS["button"] - {"size"}
            assert button.get("imageMso") in ICONS
            assert button.get("size") in (None, "large")
            assert len(button.get("screentip")) <= 60
            assert 60 <= len(button.get("supertip")) <= 1024

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("keytip=", "keytipp="),
            ('keytip="K"', 'keytip="KKKK"'),
            ("ribbon>", "ribbons>"),
            ("large", "huge"),
        ],
    )
    def test_the_validator_applies_the_schema(self, old: str, new: str, addin: Path, tmp_path: Path) -> None:
        """The add-in has no fault, and the same ribbon with one fault has."""
        assert not complaints(addin)
        bad = Path(shutil.copy(addin, tmp_path / "bad.xlam"))
        rebuild(bad, {"customUI/customUI14.xml": lambda xml: xml.replace(old.encode(), new.encode())})
        assert complaints(bad)

    def test_ids_and_keys_are_single(self, ribbon: Any) -> None:
        ids = [element.get("id") for element in ribbon.iter() if element.get("id")]
        keys = [button.get("keytip") for button in ribbon.iter(f"{RIBBON}button")]
        assert len(set(ids)) == len(ids)
        assert len(set(keys)) == len(keys)
        assert all(name.startswith("qmsbook") for name in ids)

    def test_groups(self, ribbon: Any) -> None:
        found = {
            group.get("label"): [button.get("id").removeprefix("qmsbook").lower() for button in group]
            for group in ribbon.iter(f"{RIBBON}group")
        }
        assert found == {
            "Enter": ["period"], "Check": ["check", "refresh", "findings"],
            "Review": ["review", "close", "mail"],
            "Help": ["undo", "help"],
        }  # fmt: skip
        assert [name for names in found.values() for name in names] == COMMANDS

    def test_every_callback_exists_and_takes_a_control(self, ribbon: Any) -> None:
        for element in ribbon.iter():
            for name, value in element.attrib.items():
                if re.match("on[A-Z]|get[A-Z]|loadImage", name):
                    module, _, macro = value.partition(".")
                    assert f"\nPublic Sub {macro}(ByVal control As Object)\r" in sources()[module]

    def test_each_button_starts_its_command(self, ribbon: Any) -> None:
        """The VBA run by pyOpenVBA, with a control and a launcher of our own."""
        excel = ExcelApplication()
        excel.add_workbook()
        excel.add_module("Public ID As String\n", name="FakeControl", kind="class")
        excel.add_module(
            "Public Function qmsbookStarted(ByVal wanted As String) As String\n"
            "Debug.Print wanted\nqmsbookStarted = wanted & Chr(33)\nEnd Function\n"
            "Public Function qmsbookSilence() As String\nEnd Function\n",
            name="qmsbookLaunch",
        )
        excel.add_module(sources()["qmsbookRibbon"], name="qmsbookRibbon")
        excel.add_module(
            "Sub Press(id As String)\nDim made As New FakeControl\nmade.ID = id\n"
            "qmsbookPressed made\nEnd Sub\n",
            name="Test",
        )
        for button in [*ribbon.iter(f"{RIBBON}button")]:
            excel.run("Press", button.get("id"))
        excel.run("Press", "somebodyElsesButton")
        assert list(excel.console) == COMMANDS
        assert [dialog[1] for dialog in excel.dialogs] == [f"{command}!" for command in COMMANDS]

    @pytest.mark.parametrize("before", ["none yet", "one closed"])
    def test_without_a_workbook_the_add_in_answers_itself(self, ribbon: Any, before: str) -> None:
        """What it would start cannot reach an Excel that has no workbook: xlwings does not see it.

        The modules are the add-in's own, all of them, as they are: none of our words stands in for Excel's.
        """
        excel = ExcelApplication()
        if before == "one closed":
            excel.add_workbook()
        excel.add_module("Public ID As String\n", name="FakeControl", kind="class")
        for name, source in sources().items():
            if name.startswith("qmsbook"):
                excel.add_module(source, name=name)
        excel.add_module(
            "Sub Press(id As String)\nDim made As New FakeControl\nmade.ID = id\n"
            "qmsbookPressed made\nEnd Sub\nSub CloseIt()\nActiveWorkbook.Close False\nEnd Sub\n",
            name="Test",
        )
        if before == "one closed":
            excel.run("CloseIt")
        for button in ribbon.iter(f"{RIBBON}button"):
            excel.run("Press", button.get("id"))
        said = {command: dialog[1] for command, dialog in zip(COMMANDS, excel.dialogs, strict=True)}
        # As Python says it where there is an Excel without a workbook.
        assert said.pop("help").startswith(without_a_workbook())
        assert all(text.startswith("No workbook is open for editing.") for text in said.values())


def without_a_workbook() -> str:
    """What the button Help begins with where no workbook is open."""
    screen = MemoryScreen(None)
    run("check", screen, at=places("linux", {"HOME": os.devnull}))
    return screen.told[0]


class TestVba:
    def test_nothing_that_makes_virus_scanners_or_reviewers_uneasy(self) -> None:
        for name, source in sources().items():
            code = re.sub(r'"[^"\n]*"|\'.*', "", source)
            assert not re.search(
                r"\b(Declare|CreateObject|GetObject|Environ|Evaluate|ExecuteExcel4Macro)\b", code
            ), name
            assert not re.search(
                r"cmd\.exe|wscript|powershell|vbscript|Auto_Open|Workbook_Open", source, re.I
            ), name
            assert name == "ThisWorkbook" or name.startswith("qmsbook")

    def test_what_python_asks_for_on_a_mac_is_there(self) -> None:
        book, _, macro = MAC_MACRO.partition("!")
        assert book == "'qmsbook.xlam'"
        (found,) = [source for source in sources().values() if f"Public Function {macro}(" in source]
        assert "Option Private Module" not in found  # or it could not be called from outside
        assert f"{macro}(ByVal bookName As String, ByVal path As String) As String" in found

    def test_settings_come_from_the_add_in_itself_only(self) -> None:
        """No module looks into the opened workbook for more than its name."""
        for source in sources().values():
            assert set(re.findall(r"ActiveWorkbook(\.\w+| Is)", source)) <= {".FullName", " Is"}
            assert not re.search(r"ActiveSheet|Selection|(?<!ThisWorkbook\.)Worksheets", source)

    @pytest.mark.parametrize("mac", [0, 1])
    def test_analysis_finds_nothing(self, addin: Path, mac: int) -> None:
        platform = {"Mac": mac, "Win32": 1 - mac, "Win64": 1 - mac}
        found = analyze_office_file(
            addin, conditional_compilation=ConditionalCompilationEnvironment(compiler_constants=platform)
        )
        assert set(found) == set(sources())
        said = [f"{name}: {one.code} {one.message}" for name, problems in found.items() for one in problems]
        # AppleScriptTask exists on a Mac only, and the analysis knows Windows only.
        assert [line for line in said if not (mac and "'AppleScriptTask'" in line)] == []

    def test_analysis_would_find_something(self, other_sources: Path, tmp_path: Path) -> None:
        path = other_sources / "vba" / "qmsbookEncode.bas"
        path.write_text(path.read_text("utf-8").replace("qmsbookByte(code)", "qmsbookBite(code)"), "utf-8")
        assert build(tmp_path / "bad.xlam", other_sources).returncode == 0
        assert any(analyze_office_file(tmp_path / "bad.xlam").values())

    @pytest.mark.parametrize(
        "name",
        [
            r"C:\Users\Jörg Größe\100% & more, – 两 豈.xlsx",
            "https://x.sharepoint.com/a%20b.xlsx",
            '"; ^ $(x) `x`\r\n\x7f\x80\u07ff\u0800\uffff',
            "a" * 400,
        ],
    )
    def test_names_are_encoded_as_in_a_web_address(self, name: str, addin: Path) -> None:
        encoded = str(ExcelApplication.open(str(addin)).run("qmsbookEncoded", name))
        assert re.fullmatch(r"([-./0-9:A-Z\\_a-z]|%[0-9A-F]{2})*", encoded)
        assert unquote(encoded) == name

    def test_signs_that_take_two_halves_are_encoded_as_one(self, addin: Path) -> None:
        """Given as halves, as VBA has them: pyOpenVBA would take the whole sign for one letter."""
        assert ExcelApplication.open(str(addin)).run("qmsbookEncoded", "\ud83d\ude00") == "%F0%9F%98%80"


class TestLibreOffice:
    """LibreOffice compiles each module and runs what a button would."""

    @pytest.fixture
    def run(self, tmp_path: Path) -> Callable[..., dict[str, Any]]:
        python = "/usr/bin/python3"
        known = [python, "-c", "import uno"]
        there = shutil.which("soffice") and Path(python).exists()
        if not there or subprocess.run(known, capture_output=True, check=False).returncode:
            if "libreoffice" in os.environ.get("QMSBOOK_REQUIRE", ""):
                pytest.fail("QMSBOOK_REQUIRE asks for LibreOffice, but there is no soffice or no python3-uno")
            pytest.skip("LibreOffice or python3-uno is not installed")

        def run(path: Path, calls: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
            asked = {"addin": str(path), "profile": str(tmp_path / "profile"), "calls": calls, **more}
            command = [python, "-B", str(ADDIN / "checks" / "libreoffice.py")]
            done = subprocess.run(
                command, input=json.dumps(asked), capture_output=True, text=True, timeout=120, check=False
            )
            assert done.returncode == 0, done.stderr
            answers: dict[str, Any] = json.loads(done.stdout)
            return answers

        return run

    #: Presses a button as the ribbon does, with a control of our own.
    PRESS = """
Type Control
ID As String
End Type
Function Press(ByVal which As String) As String
Dim made As Control
made.ID = which
qmsbookPressed made
Press = "pressed"
End Function
"""

    def test_each_module_compiles_and_runs(
        self, addin: Path, run: Callable[..., dict[str, Any]], tmp_path: Path
    ) -> None:
        program = tmp_path / "python w"
        program.write_text('#!/bin/sh\nprintf "%s\\n" "$@" > "$0.part" && mv "$0.part" "$0.started"\n')
        program.chmod(0o755)
        requests = tmp_path / "requests"
        requests.mkdir()
        check = {"call": "qmsbookLaunch.qmsbookStarted", "arguments": ["check"]}
        calls: list[dict[str, Any]] = [
            {"call": "qmsbookEncode.qmsbookEncoded", "arguments": ["Jörg & 😀"]},
            {"call": "qmsbookLaunch.qmsbookSilence"},
            check,
            check | {"settings": {"interpreter": "/nowhere/pythonw"}},
            check | {"settings": {"interpreter": str(requests.parent / "addin.py")}},
            {"call": "Test.Press", "arguments": ["qmsbookCheck"], "settings": {"interpreter": str(program)}},
            check | {"settings": {"mode": "watch", "requests": str(requests)}},
            {"call": "qmsbookLaunch.qmsbookSilence"},
        ]
        (requests.parent / "addin.py").write_text("")  # there, but nothing that can be started
        launch = for_windows((ADDIN / "vba" / "qmsbookLaunch.bas").read_text("utf-8"))
        assert "Application.Hwnd" in launch
        assert "AppleScriptTask" not in launch
        launch = launch.replace("Application.Hwnd", "4711").partition("\n")[2]  # LibreOffice has no Hwnd
        answers = run(addin, calls, modules={"qmsbookLaunch": launch, "Test": self.PRESS})
        assert set(answers["modules"]) == {*sources(), "Test"}
        assert [answer for answer in answers["calls"] if "failed" in answer] == []
        gave = [answer["gave"] for answer in answers["calls"]]
        assert unquote(gave[0]) == "Jörg & 😀"
        assert "no sign" in gave[1]
        assert "qmsbook install" in gave[2]
        assert "/nowhere/pythonw" in gave[3]
        assert re.search(r"could not start.*Nothing was changed.*qmsbook doctor", gave[4])
        assert gave[5:7] == ["pressed", ""]
        assert "qmsbook watch" in gave[7]
        assert started_with(program) == [
            "-E", "-P", "-m", "qmsbook.macros", "check", "--wb=qmsbook.xlam", "--hwnd=4711",
        ]  # fmt: skip
        (request,) = requests.iterdir()
        assert re.fullmatch(r"\d{8}-\d{6}-\d+\.request", request.name)
        assert request.read_text().splitlines() == ["command=check", "wb=qmsbook.xlam", "hwnd=4711"]

    @pytest.mark.parametrize("name", ["qmsbookEncode", "qmsbookRibbon", "qmsbookLaunch"])
    def test_a_module_that_does_not_compile_is_noticed(
        self, name: str, run: Callable[..., dict[str, Any]], other_sources: Path, tmp_path: Path
    ) -> None:
        path = other_sources / "vba" / f"{name}.bas"
        path.write_text(path.read_text("utf-8") + "Private Sub Wrong(\n", "utf-8")
        assert build(tmp_path / "bad.xlam", other_sources).returncode == 0
        calls = {
            "qmsbookEncode": {"call": "qmsbookEncode.qmsbookEncoded", "arguments": ["x"]},
            "qmsbookRibbon": {"call": "Test.Press", "arguments": ["another"]},
            "qmsbookLaunch": {"call": "qmsbookLaunch.qmsbookSilence"},
        }
        answers = run(tmp_path / "bad.xlam", [calls[name]], modules={"Test": self.PRESS})
        assert not answers["calls"][0].get("gave")


def started_with(program: Path) -> list[str]:
    """The arguments that the stand-in for Python was started with, once it has written them down."""
    written, end = program.with_name(f"{program.name}.started"), time.monotonic() + 10
    while not written.exists() and time.monotonic() < end:
        time.sleep(0.05)
    return written.read_text().splitlines()
