"""The zip for Windows PCs without Python: what is in it, what is refused, and what its install.cmd does."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from on_windows import prepared, windows

from qmsbook.setup import bundle as bundling
from qmsbook.setup import install as installing
from qmsbook.setup.addins import settings_of
from qmsbook.setup.bundle import WORDS, NotEmbeddable, WheelsDoNotFit, bundle
from qmsbook.setup.install import ADDIN, StorePython
from qmsbook.setup.own_copy import PROMPT, UNINSTALL, StillRunning, put, take_out
from qmsbook.setup.places import Places, places

AMD64, ARM64 = 0x8664, 0xAA64
ASKS = (
    "click>=8",
    'Colorama; platform_system == "Windows"',
    'tomli; python_version < "3.11"',
    "x; extra == 'y'",
)


def program(machine: int) -> bytes:
    """The head of a Windows program."""
    return b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x40) + b"PE\0\0" + struct.pack("<H", machine)


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """A folder laid out as python.org's embeddable package is."""
    folder = tmp_path / "python-3.11-embed"
    folder.mkdir()
    for name in ("python.exe", "pythonw.exe"):
        (folder / name).write_bytes(program(AMD64))
    (folder / "python311.zip").write_bytes(b"PK")
    (folder / "python311._pth").write_text("python311.zip\n.\n\n#import site\n")
    return folder


def wheel(folder: Path, name: str, *asks: str, tag: str = "py3-none-any", **files: str) -> Path:
    path = folder / f"{name}-1.0-{tag}.whl"
    said = "".join(f"Requires-Dist: {each}\n" for each in asks)
    with zipfile.ZipFile(path, "w") as package:
        package.writestr(
            f"{name}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\n{said}\nText"
        )
        package.writestr(f"{name}/__init__.py", "")
        package.writestr(f"{name}/__init__.pyi", "")
        package.writestr(f"{name}/tests/test_it.py", "")
        package.writestr(f"{name}-1.0.data/platlib/{name}_beside.py", "")
        package.writestr(f"{name}-1.0.data/scripts/{name}.exe", "")
        for each, content in files.items():
            package.writestr(each, content)
    return path


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    wheel(folder, "qmsbook", *ASKS)
    wheel(folder, "click", tag="py2.py3-none-any")
    wheel(folder, "colorama", tag="cp311-cp311-win_amd64")
    return folder


def test_the_zip_holds_the_layout_the_wheels_and_what_to_do(python: Path, wheels: Path) -> None:
    files = bundle(python, wheels)
    site = "program/Lib/site-packages"
    assert {name for name in files if "/" not in name} == {
        "install.cmd",
        "uninstall.cmd",
        "READ ME FIRST.txt",
    }
    assert {f"{site}/qmsbook/__init__.py", f"{site}/click_beside.py", "program/pythonw.exe"} <= set(files)
    assert not [name for name in files if "/tests/" in name or ".data" in name or name.endswith("i")]
    told = files["program/python311._pth"].decode("ascii").split("\r\n")
    assert told == ["python311.zip", ".", "Lib\\site-packages", "import site", ""]
    for name in ("install.cmd", "uninstall.cmd"):
        content = files[name]
        assert content.isascii()  # cmd.exe reads it in whatever alphabet it has
        assert b"\n" not in content.replace(b"\r\n", b"")


def test_the_same_comes_out_of_a_zip_and_each_time(python: Path, wheels: Path, tmp_path: Path) -> None:
    zipped = tmp_path / "python-3.11-embed-amd64.zip"
    with zipfile.ZipFile(zipped, "w") as package:
        for path in python.iterdir():
            package.write(path, path.name)
    for given, out in ((python, "a.zip"), (zipped, "b.zip")):
        bundling.main(["--python", str(given), "--wheels", str(wheels), str(tmp_path / out)])
    made = (tmp_path / "a.zip").read_bytes()
    assert made == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.create_system for entry in package.infolist()} == {0}
        assert package.testzip() is None
    assert not list(tmp_path.glob("*.part"))


def _other_machine(python: Path, wheels: Path) -> None:
    (python / "python.exe").write_bytes(program(ARM64))


def _gone(name: str) -> Callable[[Path, Path], None]:
    def harm(python: Path, wheels: Path) -> None:
        next(path for folder in (python, wheels) for path in folder.glob(name)).unlink()

    return harm


def _more(name: str, tag: str = "py3-none-any", **files: str) -> Callable[[Path, Path], None]:
    def harm(python: Path, wheels: Path) -> None:
        wheel(wheels, name, tag=tag, **files)

    return harm


@pytest.mark.parametrize(
    ("harm", "problem", "words"),
    [
        (_gone("python311._pth"), NotEmbeddable, "python-3.11-embed"),
        (_gone("pythonw.exe"), NotEmbeddable, "python-3.11-embed"),
        (_other_machine, WheelsDoNotFit, "another computer: colorama-1.0-cp311-cp311-win_amd64.whl"),
        (_more("old", "cp310-cp310-win_amd64"), WheelsDoNotFit, "old-1.0-cp310"),
        (_more("linux", "cp311-cp311-manylinux_2_17_x86_64"), WheelsDoNotFit, "linux"),
        (_gone("colorama*"), WheelsDoNotFit, "Missing: colorama."),
        (_gone("qmsbook*"), WheelsDoNotFit, "Missing: qmsbook."),
        (_more("sly", **{"../../out.py": ""}), WheelsDoNotFit, "outside its folder"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_made(
    harm: Callable[[Path, Path], object], problem: type, words: str, python: Path, wheels: Path
) -> None:
    harm(python, wheels)
    with pytest.raises(problem, match=words):
        bundle(python, wheels)
    out = python.parent / "out.zip"
    with pytest.raises(SystemExit) as stopped:
        bundling.main(["--python", str(python), "--wheels", str(wheels), str(out)])
    assert stopped.value.code == 2
    assert not out.exists()


@pytest.fixture
def here(tmp_path: Path) -> Places:
    home = tmp_path / "Users" / "Ängela & 100% (x)"
    roaming, local = home / "AppData" / "Roaming", home / "AppData" / "Local"
    return places("win32", {"USERPROFILE": str(home), "APPDATA": str(roaming), "LOCALAPPDATA": str(local)})


def below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_upgrade_takes_the_place_of_the_old_one_and_keeps_how_buttons_work(
    here: Places, python: Path
) -> None:
    put(python, here)
    target = here.data / "program"
    assert here.startup is not None
    assert settings_of((here.startup / ADDIN).read_bytes())["interpreter"] == str(target / "pythonw.exe")
    installing.install(here, installing.Python(str(target / "python.exe"), str(target)), watch=True)
    (target / "old.txt").touch()
    (here.data / "program.new").mkdir()  # a run before was cut off
    put(python, here)
    assert not (target / "old.txt").exists()
    assert settings_of((here.startup / ADDIN).read_bytes())["mode"] == "watch"
    assert [path.name for path in here.data.glob("program*")] == ["program"]
    assert here.start_menu is not None
    assert b'set "PATH=' in (here.start_menu / PROMPT).read_bytes()
    assert b"100%%" in (here.start_menu / PROMPT).read_bytes()
    assert (here.start_menu / UNINSTALL).exists()
    take_out(here)
    assert not (here.start_menu / PROMPT).exists()
    assert not (here.startup / ADDIN).exists()


def test_what_cannot_be_installed_leaves_the_old_one_whole(tmp_path: Path, python: Path) -> None:
    local = tmp_path / "WindowsApps" / "Local"  # where no Python may be that installs buttons
    here = places("win32", {"USERPROFILE": str(tmp_path), "LOCALAPPDATA": str(local)})
    with pytest.raises(StorePython):
        put(python, here)
    assert not list(here.data.glob("program*"))
    (here.data / "program").mkdir()
    (here.data / "program" / "old.txt").touch()
    with pytest.raises(StorePython):
        put(python, here)
    assert below(here.data) == {str(Path("program", "old.txt")): b""}


def test_a_run_that_was_cut_off_between_two_renamings_is_mended(here: Places, python: Path) -> None:
    put(python, here)
    (here.data / "program").rename(here.data / "program.old")
    put(python, here)
    assert [path.name for path in here.data.glob("program*")] == ["program"]


class Person:
    """Somebody on Windows whose folders bear a strange name, with the zip unpacked under that name."""

    def __init__(self, folder: Path, name: str) -> None:
        self.unpacked, self.home = prepared("QMSBOOK_BUNDLE") / name, folder / "Users" / name
        self.home.mkdir(parents=True)
        self.around = {
            **os.environ, "USERPROFILE": str(self.home), "APPDATA": str(self.home / "AppData" / "Roaming"),
            "LOCALAPPDATA": str(self.home / "AppData" / "Local"),
        }  # fmt: skip
        here = places("win32", self.around)
        assert here.startup is not None
        assert here.start_menu is not None
        self.addin, self.target = here.startup / ADDIN, here.data / "program"
        self.removes = here.start_menu / UNINSTALL

    def starts(self, file: Path) -> tuple[int, str]:
        """A double-click: exit code and words. Explorer starts a command file in its own folder.

        (So a name with a percent sign works in Wine, whose cmd.exe, unlike Windows', takes the one in %~dp0
        for a variable's.)
        """
        done = subprocess.run(
            f'cmd /c ""{file}""', cwd=file.parent, env=self.around, stdin=subprocess.DEVNULL,
            capture_output=True, timeout=400,
        )  # fmt: skip
        return done.returncode, (done.stdout + done.stderr).decode("ascii", "replace")

    def installs(self) -> None:
        code, said = self.starts(self.unpacked / "install.cmd")
        assert (code, "start Excel" in said, "Press any key" in said) == (0, True, True), said
        settings = settings_of(self.addin.read_bytes())
        assert settings["interpreter"] == str(self.target / "pythonw.exe")

    def uninstalls(self) -> None:
        code, said = self.starts(self.removes)
        assert (code, "The program was removed" in said) == (0, True), said
        left = [path for path in self.home.rglob("*") if path.is_file() and "demo" not in path.parts]
        assert [path for path in left if "Logs" not in path.parts] == [], left


@windows
def test_install_and_uninstall_under_a_name_with_a_percent_sign(tmp_path: Path) -> None:
    person = Person(tmp_path, "100% (x) ü")
    person.installs()
    person.uninstalls()
    code, said = person.starts(person.unpacked / "uninstall.cmd")
    assert (code, "nothing to remove" in said) == (0, True), said


@windows
def test_what_was_installed_works_and_is_upgraded_when_it_does_not_run(tmp_path: Path) -> None:
    person = Person(tmp_path, "Ängela & Söhne")
    person.installs()
    python, target = str(person.target / "python.exe"), person.target
    made = subprocess.run(
        [python, "-E", "-P", "-m", "qmsbook", "demo", str(person.home / "demo")],
        env=person.around, stdin=subprocess.DEVNULL, capture_output=True, timeout=240,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    wanted = prepared("QMSBOOK_DEMO") / "example.xlsx"  # Linux's, byte for byte
    assert (person.home / "demo" / "example.xlsx").read_bytes() == wanted.read_bytes()

    (target / "old.txt").touch()
    waits = [str(target / "pythonw.exe"), "-c", "import time; time.sleep(1000)"]
    running = subprocess.Popen(waits, env=person.around, stdin=subprocess.DEVNULL)
    try:
        for file in (person.unpacked / "install.cmd", person.removes):
            code, said = person.starts(file)
            assert (code, "is running" in said) == (3, True), said
            assert (target / "old.txt").exists()
            assert person.addin.exists()
    finally:
        running.kill()
        running.wait(60)
    person.installs()
    assert not (target / "old.txt").exists()
    person.uninstalls()


@windows
def test_a_zip_that_is_not_unpacked_is_told(tmp_path: Path) -> None:
    alone = tmp_path / "install.cmd"
    alone.write_bytes((WORDS / "install.cmd").read_text("ascii").replace("\n", "\r\n").encode("ascii"))
    done = subprocess.run(
        f'cmd /c ""{alone}""', cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True,
        timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    assert b'"Extract All"' in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="is told by a lock that any system has")
def test_where_watch_answers_nothing_is_replaced(here: Places, python: Path) -> None:
    from qmsbook.setup.watch_lock import single

    put(python, here)
    before = below(here.home)
    with single(here), pytest.raises(StillRunning):
        put(python, here)
    with single(here), pytest.raises(StillRunning):
        take_out(here)
    after = {name: content for name, content in below(here.home).items() if not name.endswith("watch.lock")}
    assert after == before
