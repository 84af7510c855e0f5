"""The ribbon add-in's package, container and VBA project: always the same bytes, sound to other programs."""

from __future__ import annotations

import doctest
import hashlib
import io
import re
import shutil
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import addin_built
import olefile
import pytest
from addin_built import ADDIN, COMMANDS, VBA_Parser, build, decompress_stream, part, pythons, sources
from common import ROOT, complaints
from hypothesis import given, settings
from hypothesis import strategies as st
from pyopenvba import ExcelFile
from pyopenvba.integrity import check_file

from qmsbook.setup.addins import built, settings_of, with_interpreter, with_settings

sys.path.insert(0, str(ADDIN))
import cfb
import ovba

addin, other_sources = addin_built.addin, addin_built.other_sources


SCRIPTS = {"qmsbook.xlam": "build.py", "qmsbook.oxt": "oxt.py"}
PINNED = {
    name: digest for digest, name in map(str.split, (ADDIN / "SHA256SUMS").read_text("ascii").splitlines())
}
#: Runs a script where files are listed the other way round, and paths sorted whatever their case.
AS_ON_WINDOWS = """
import pathlib, runpy, sys
listed = pathlib.Path.glob
pathlib.Path.glob = lambda self, pattern: reversed(list(listed(self, pattern)))
pathlib.PurePath.__lt__ = lambda one, other: str(one).casefold() < str(other).casefold()
del sys.argv[0]
sys.path.insert(0, str(pathlib.Path(sys.argv[0]).parent))
runpy.run_path(sys.argv[0], run_name="__main__")
"""
#: In what machines differ.
MACHINES: dict[str, dict[str, Any]] = {
    "later, in Tokyo": {"TZ": "Asia/Tokyo", "SOURCE_DATE_EPOCH": "99", "PYTHONHASHSEED": "7"},
    "without a language": {
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONHASHSEED": "0",
    },
    "Turkish, cp1252": {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR", "PYTHONIOENCODING": "cp1252"},
    "private": {"umask": 0o077},
    "without docstrings": {"PYTHONOPTIMIZE": "2"},
    "other order": {"python": (sys.executable, "-B", "-c", AS_ON_WINDOWS)},
}


class TestBuilding:
    @pytest.mark.parametrize("machine", MACHINES)
    @pytest.mark.parametrize("name", SCRIPTS)
    def test_every_machine_builds_the_same_bytes(
        self, machine: str, name: str, other_sources: Path, tmp_path: Path
    ) -> None:
        """In another folder too; what is pinned was built by another machine."""
        again = tmp_path / f"{machine} größer.bin"
        done = build(again, other_sources, SCRIPTS[name], **MACHINES[machine])
        assert done.returncode == 0, done.stderr
        assert hashlib.sha256(again.read_bytes()).hexdigest() == PINNED[name], "python addin/build.py --pin"

    @pytest.mark.parametrize("name", SCRIPTS)
    def test_sources_that_git_gave_other_line_ends_or_that_lie_among_others_build_the_same(
        self, name: str, other_sources: Path, tmp_path: Path
    ) -> None:
        for path in other_sources.rglob("*.*"):
            if path.is_file() and path.suffix != ".py":
                path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
        for folder in ("vba", "ribbon", "libreoffice"):
            for stray in ("desktop.ini", ".DS_Store", "Thumbs.db"):  # as Windows and macOS leave behind
                (other_sources / folder / stray).write_bytes(b"stray")
        again = tmp_path / "again.bin"
        assert build(again, other_sources, SCRIPTS[name]).returncode == 0
        assert hashlib.sha256(again.read_bytes()).hexdigest() == PINNED[name]

    @pytest.mark.parametrize("name", SCRIPTS)
    def test_every_python_builds_the_same_bytes(self, name: str, tmp_path: Path) -> None:
        for version, path in pythons().items():
            again = tmp_path / f"{version}.bin"
            done = build(again, ADDIN, SCRIPTS[name], (path, "-B", "-S"))  # nothing that is installed
            assert done.returncode == 0, done.stderr
            assert hashlib.sha256(again.read_bytes()).hexdigest() == PINNED[name], version

    def test_what_is_pinned_is_what_the_program_itself_carries(
        self, addin: Path, other_sources: Path
    ) -> None:
        assert {name: hashlib.sha256(built(name)).hexdigest() for name in SCRIPTS} == PINNED
        assert hashlib.sha256(addin.read_bytes()).hexdigest() == PINNED["qmsbook.xlam"]
        pinned = other_sources / "SHA256SUMS"
        before = pinned.read_text("ascii")
        pinned.unlink()
        command = [sys.executable, "-B", str(other_sources / "build.py"), "--pin"]
        subprocess.run(command, check=True)
        assert pinned.read_text("ascii") == before

    def test_entries_are_stored_and_bear_no_date(self, addin: Path) -> None:
        with zipfile.ZipFile(addin) as package:
            for entry in package.infolist():
                assert (entry.compress_type, entry.date_time[0], entry.create_system) == (0, 1980, 0)

    @pytest.mark.parametrize(
        ("name", "change", "why"),
        [
            (
                "qmsbookRibbon.bas",
                lambda text: text.replace("qmsbookRibbon", "qmsbookTab", 1),
                "does not name",
            ),
            ("qmsbookRibbon.bas", lambda text: text + "' " + "x" * 1023 + "\n", "more than 1023"),
            (
                "qmsbookRibbon.bas",
                lambda text: text + "x = 1" + " _\n + 1" * 25 + "\n",
                "too long a statement",
            ),
            ("qmsbookRibbon.bas", lambda text: text + "' \u4e24\n", "cp1252|charmap"),
            ("qmsbookAbout.cls", lambda text: text.replace("VB_Base", "VB_Bass"), "needs VB_Base"),
        ],
    )
    def test_what_the_editor_would_not_take_is_not_built(
        self, name: str, change: Callable[[str], str], why: str, other_sources: Path, tmp_path: Path
    ) -> None:
        path = other_sources / "vba" / name
        path.write_text(change(path.read_text("utf-8")), "utf-8")
        done = build(tmp_path / "bad.xlam", other_sources)
        assert done.returncode != 0
        assert re.search(why, done.stderr)

    def test_the_longest_statement_allowed_is_built(self, other_sources: Path, tmp_path: Path) -> None:
        path = other_sources / "vba" / "qmsbookEncode.bas"
        path.write_text(path.read_text("utf-8") + "' 1" + " _\n + 1" * 24 + "\n", "utf-8")
        assert build(tmp_path / "long.xlam", other_sources).returncode == 0

    def test_the_wheel_carries_it(self, addin: Path, tmp_path: Path) -> None:
        source = tmp_path / "source"
        for name in ("qmsbook", "addin", "workbook_templates"):
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, source / name, ignore=ignored)
        for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, source)
        wheels = []
        for out in (tmp_path / "one", tmp_path / "two"):
            command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
            subprocess.run(command, cwd=source, check=True, capture_output=True)
            wheels.append(next(out.glob("*.whl")))
        assert part(wheels[0], "qmsbook/addin/qmsbook.xlam") == addin.read_bytes()
        assert part(wheels[0], "qmsbook/addin/qmsbook.applescript").startswith(b"--")
        assert wheels[0].read_bytes() == wheels[1].read_bytes()


names = st.text(
    st.characters(codec="utf-16-le", exclude_characters="/\\:!", exclude_categories=["C"]), min_size=1
)
contents = st.one_of(
    st.binary(max_size=200), st.sampled_from([0, 63, 64, 65, 4095, 4096, 4097, 70000]).map(bytes)
)


class TestContainer:
    @settings(max_examples=60, deadline=None)
    @given(
        st.dictionaries(names.filter(lambda name: len(name.encode("utf-16-le")) <= 62), contents, max_size=40)
    )
    def test_streams_come_out_as_they_went_in(self, streams: dict[str, bytes]) -> None:
        streams = {name.casefold().upper(): content for name, content in streams.items()}
        streams = {name: content for name, content in streams.items() if len(name.encode("utf-16-le")) <= 62}
        with olefile.OleFileIO(io.BytesIO(cfb.write({"Inside": streams, "top": b"x"}))) as read:
            assert not read.parsing_issues
            for name, content in streams.items():
                assert read.openstream(["Inside", name]).read() == content
            assert len(read.listdir()) == len(streams) + 1

    @pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 33, 200])
    def test_the_directory_is_a_red_black_tree_in_order(self, count: int) -> None:
        streams = {f"{'s' * (number % 5)}{number:03}": b"" for number in range(count)}
        written = cfb.write({"Storage": streams})
        with olefile.OleFileIO(io.BytesIO(written)) as read:
            start = read.first_dir_sector
        walked = list(in_order(written[512 * (start + 1) :], 1))
        assert [name for name, *_ in walked] == sorted(streams, key=lambda name: (len(name), name.upper()))
        assert len({blacks for *_, blacks, is_leaf in walked if is_leaf}) <= 1

    def test_what_it_cannot_hold_is_refused(self) -> None:
        for storage in ({"a/b": b""}, {"x" * 32: b""}, {"a": b"", "A": b""}, {"big": bytes(8_000_000)}):
            with pytest.raises(ValueError):
                cfb.write(storage)


def in_order(directory: bytes, storage: int) -> Iterator[tuple[str, int, bool]]:
    """Names below a storage, each with the black entries above it; fails where red stands below red."""

    def entry(number: int) -> tuple[str, int, tuple[int, int, int]]:
        packed = directory[128 * number : 128 * (number + 1)]
        length, _, color = struct.unpack_from("<HBB", packed, 64)
        return packed[: length - 2].decode("utf-16-le"), color, struct.unpack_from("<3I", packed, 68)

    def walk(number: int, blacks: int, above_red: bool) -> Iterator[tuple[str, int, bool]]:
        if number == cfb.NO_STREAM:
            return
        name, color, (left, right, _) = entry(number)
        assert not (above_red and color == cfb.RED)
        blacks += color == cfb.BLACK
        yield from walk(left, blacks, color == cfb.RED)
        yield name, blacks, left == right == cfb.NO_STREAM
        yield from walk(right, blacks, color == cfb.RED)

    assert entry(storage)[0] == "Storage"
    yield from walk(entry(storage)[2][2], 0, True)  # the root of a tree is black


class TestProject:
    def test_examples_in_the_docstrings(self) -> None:
        assert doctest.testmod(cfb).failed == doctest.testmod(ovba).failed == 0

    @settings(max_examples=100, deadline=None)
    @given(st.text("ab \r\nSub", max_size=9000), st.integers(0, 9000))
    def test_compressed_text_comes_out_again(self, text: str, more: int) -> None:
        content = (text + "ab\r\n" * more).encode()[:12000]
        if content:
            assert bytes(decompress_stream(bytearray(ovba.compress(content)))) == content

    def test_a_chunk_that_does_not_compress_is_put_raw_and_only_if_it_is_whole(self) -> None:
        noise = bytes(number * number % 251 ^ number >> 8 for number in range(4096))
        packed = ovba.compress(noise + b"end")
        assert struct.unpack_from("<H", packed, 1) == (0x3FFF,)
        assert packed[3 : 3 + 4096] == noise
        assert bytes(decompress_stream(bytearray(packed))) == noise + b"end"
        with pytest.raises(ValueError, match="does not compress"):
            ovba.compress(noise[:4000])

    def test_protection_lines_decode(self) -> None:
        """The decoder reads the example of [MS-OVBA] 3.1.1, and ours."""
        theirs = "{917DED54-440B-4FD1-A5C1-74ACF261E600}"
        assert decrypted("0705D8E3D8EDDBF1DBF1DBF1DBF1", theirs) == bytes(4)
        assert decrypted("0E0CD1ECDFF4E7F5E7F5E7", theirs) == bytes(1)
        assert decrypted("1517CAF1D6F9D7F9D706", theirs) == b"\xff"
        for content in (b"\xff", bytes(1), bytes(4)):
            for seed in range(256):
                assert decrypted(ovba.encrypt(content, theirs, seed), theirs) == content

    def test_structure(self, addin: Path) -> None:
        with olefile.OleFileIO(io.BytesIO(part(addin, "xl/vbaProject.bin"))) as project:
            assert not project.parsing_issues
            assert project.openstream("VBA/_VBA_PROJECT").read().hex() == "cc61ffff000100"
            streams = {path[-1] for path in project.listdir()}
            assert streams == {"PROJECT", "PROJECTwm", "_VBA_PROJECT", "dir", *sources()}
            lines = project.openstream("PROJECT").read().decode("cp1252").split("\r\n")
        named = {
            line.partition("=")[2].partition("/")[0] for line in lines if re.match("Module=|Document=", line)
        }
        assert named == set(sources())

    def test_olevba_gives_the_sources_back(self, addin: Path) -> None:
        parser = VBA_Parser(str(addin))
        found = {Path(name).stem: code for *_, name, code in parser.extract_macros()}
        parser.close()
        assert found == sources()

    def test_pyopenvba_finds_the_file_sound(self, addin: Path) -> None:
        assert not check_file(addin).issues
        with ExcelFile(addin) as book:
            assert set(book.module_names()) == set(sources())
            assert not book.references()

    def test_code_names_have_their_modules(self, addin: Path) -> None:
        xml = b"".join(
            part(addin, f"xl/{name}.xml") for name in ("workbook", "worksheets/sheet1", "worksheets/sheet2")
        )
        documents = {path.stem for path in (ADDIN / "vba").glob("*.cls")}
        assert {name.decode() for name in re.findall(rb'codeName="(\w+)"', xml)} == documents


def decrypted(text: str, guid: str) -> bytes:
    """The data behind a CMG, DPB or GC line ([MS-OVBA] 2.4.3.3)."""
    hidden = bytes.fromhex(text)
    plain = [hidden[2] ^ hidden[0]]
    assert hidden[1] ^ hidden[0] == 2
    assert plain[0] == sum(guid.encode()) & 0xFF
    for at in range(3, len(hidden)):
        plain.append(hidden[at] ^ (hidden[at - 2] + plain[-1] & 0xFF))
    rest = bytes(plain[1 + (hidden[0] & 6) // 2 :])
    assert struct.unpack_from("<I", rest) == (len(rest) - 4,)
    return rest[4:]


class TestSettings:
    PATH = r"C:\Users\Zoë & Söhne\AppData\Local\Programs\Python\pythonw.exe"

    def test_only_the_hidden_sheet_changes(self, addin: Path, tmp_path: Path) -> None:
        before = addin.read_bytes()
        assert settings_of(before) == {"interpreter": "", "mode": "run", "requests": ""}
        after = with_settings(before, {"interpreter": self.PATH, "mode": "watch"})
        assert settings_of(after) == {"interpreter": self.PATH, "mode": "watch", "requests": ""}
        (tmp_path / "set.xlam").write_bytes(after)
        with zipfile.ZipFile(addin) as old, zipfile.ZipFile(tmp_path / "set.xlam") as new:
            assert old.namelist() == new.namelist()
            changed = [name for name in old.namelist() if old.read(name) != new.read(name)]
        assert changed == ["xl/worksheets/sheet2.xml"]
        assert with_settings(after, {"interpreter": "", "mode": "run"}) == with_settings(before, {})
        assert not check_file(tmp_path / "set.xlam").issues
        assert not complaints(tmp_path / "set.xlam")

    def test_other_settings_and_what_is_no_path_are_refused(self, addin: Path) -> None:
        wrong: list[Mapping[str, str]] = [{"setting": "x"}, {"nonsense": "x"}, {"interpreter": 'a" & calc "'}]
        for one in wrong:
            with pytest.raises(ValueError):
                with_settings(addin.read_bytes(), one)


class TestMac:
    SCRIPT = (ADDIN / "mac" / "qmsbook.applescript").read_text("utf-8")

    def test_the_script_and_the_vba_agree(self) -> None:
        commands = re.search(r"property knownCommands : \{(.*)\}", self.SCRIPT)
        assert commands
        assert re.findall('"([a-z]+)"', commands[1]) == COMMANDS
        called = re.search(r'AppleScriptTask\("(.*)", "(.*)", ', sources()["qmsbookLaunch"])
        assert called
        assert called.groups() == ("qmsbook.applescript", "qmsbookRun")
        assert f"on {called[2]}(" in self.SCRIPT
        assert f"end {called[2]}" in self.SCRIPT

    def test_the_interpreter_is_filled_in_once_and_quoted(self) -> None:
        filled = with_interpreter(self.SCRIPT, '/Users/o"neil\\x/python')
        assert r'property interpreter : "/Users/o\"neil\\x/python"' in filled
        with pytest.raises(ValueError, match="already"):
            with_interpreter(filled, "/usr/bin/python3")

    def test_whatever_comes_from_excel_is_quoted_for_the_shell(self) -> None:
        lines = [
            line for line in self.SCRIPT.splitlines() if "do shell script" in line or "set arguments" in line
        ]
        assert len(lines) == 3
        assert all("quoted form of" in line for line in lines)
