"""``python -m qmsbook.setup.bundle``: qmsbook with its own Python in one zip, for Windows PCs without it.

Python's embeddable layout comes in (python.org: *Windows embeddable package*), and a folder of wheels:
qmsbook and all that it needs. The same input gives the same bytes, wherever zlib packs alike.
"""

from __future__ import annotations

import argparse
import re
import struct
import sys
import zipfile
from collections.abc import Iterator, Mapping
from email.parser import Parser
from pathlib import Path

from qmsbook.book.error import QmsbookError

#: Where the program lies in the zip, and what a person finds beside it.
PROGRAM = "program"
WORDS = Path(__file__).with_name("windows")
_SITE = "Lib/site-packages"
_DAY = (1980, 1, 1, 0, 0, 0)
#: What a wheel's name says of the computer, by the machine that a Windows program is made for.
_MACHINES = {0x8664: "win_amd64", 0xAA64: "win_arm64", 0x014C: "win32"}
_ON_WINDOWS = re.compile(r"""(platform_system|sys_platform|os_name)\s*==\s*["'](Windows|win32|nt)["']""")

Files = dict[str, bytes]


class NotEmbeddable(QmsbookError):
    """This is not Python's embeddable layout for Windows, so no zip was made. From python.org take the
    *Windows embeddable package*, as the zip that it is or unpacked.
    """

    exit_code = 2


class WheelsDoNotFit(QmsbookError):
    """The folder of wheels does not hold what this Python needs to run qmsbook, so no zip was made."""

    exit_code = 2


def bundle(python: Path, wheels: Path) -> Files:
    """All files of the zip by name. Raises NotEmbeddable and WheelsDoNotFit."""
    layout = _layout(python)
    given = sorted(wheels.glob("*.whl"))
    fits = _fitting(layout)
    strange = [path.name for path in given if not fits.fullmatch(path.stem)]
    if strange:
        raise WheelsDoNotFit(f"Made for another Python or another computer: {', '.join(strange)}.")
    unpacked: Files = {}
    for path in given:
        unpacked |= _unpacked(path)
    if missing := _missing(unpacked):
        raise WheelsDoNotFit(f"Missing: {', '.join(missing)}.")
    files = {f"{PROGRAM}/{name}": content for name, content in layout.items()}
    files |= {f"{PROGRAM}/{_SITE}/{name}": content for name, content in unpacked.items()}
    for path in sorted(WORDS.iterdir()):
        files[path.name] = path.read_text("ascii").replace("\n", "\r\n").encode("ascii")
    return files


def packed(files: Mapping[str, bytes], to: Path) -> None:
    """Write a zip; all or nothing."""
    beside = to.with_name(to.name + ".part")
    try:
        with zipfile.ZipFile(beside, "w") as package:
            for name in sorted(files):
                entry = zipfile.ZipInfo(name, _DAY)
                entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
                package.writestr(entry, files[name], compresslevel=6)
        beside.replace(to)
    finally:
        beside.unlink(missing_ok=True)


def _layout(python: Path) -> Files:
    """The embeddable layout's files, told to look into the wheels too."""
    try:
        files = _folder(python) if python.is_dir() else _zip(python)
    except (OSError, zipfile.BadZipFile):
        raise NotEmbeddable(f"Found: {python}.") from None
    told = _told(files)
    if told is None or not {"python.exe", "pythonw.exe"} <= set(files):
        raise NotEmbeddable(f"Found: {python}.")
    # It asks for nothing from outside: no variable, no registry, no packages of other Pythons. `site` reads
    # what pywin32 says about its libraries.
    lines = (f"{Path(told).stem}.zip", ".", _SITE.replace("/", "\\"), "import site")
    return {**files, told: "".join(f"{line}\r\n" for line in lines).encode("ascii")}


def _told(files: Files) -> str | None:
    """The file that tells this Python where its modules are: python311._pth."""
    return next((name for name in files if re.fullmatch(r"python3\d+\._pth", name)), None)


def _folder(folder: Path) -> Files:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    }  # fmt: skip


def _zip(path: Path) -> Files:
    with zipfile.ZipFile(path) as package:
        return {entry.filename: package.read(entry) for entry in package.infolist() if not entry.is_dir()}


def _fitting(layout: Files) -> re.Pattern[str]:
    """How the names end of wheels that this Python can load."""
    told = _told(layout) or ""
    minor = int(re.sub(r"\D", "", told)[1:])
    older = "|".join(f"cp3{each}" for each in range(2, minor + 1))
    machine = _MACHINES.get(_machine(layout["python.exe"]), "no machine that we know")
    own = rf"cp3{minor}-cp3{minor}-{machine}|(?:{older})-abi3-{machine}|py3-none-{machine}"
    return re.compile(rf".*-(?:(?:py2\.)?py3-none-any|{own})")


def _machine(program: bytes) -> int:
    """For which machine a Windows program is made, by its header."""
    try:
        (at,) = struct.unpack_from("<I", program, 0x3C)
        (machine,) = struct.unpack_from("<H", program, at + 4)
    except struct.error:
        return 0
    return int(machine)


def _unpacked(wheel: Path) -> Files:
    """What a wheel puts into site-packages, but for tests, whose paths grow too long, and stubs."""
    found: Files = {}
    for name, content in _zip(wheel).items():
        first, _, rest = name.partition("/")
        if first.endswith(".data"):  # scripts and headers are nobody's here
            kind, _, name = rest.partition("/")
            if kind not in ("purelib", "platlib"):
                continue
        parts = name.split("/")
        if ".." in parts or name.startswith("/") or ":" in name:
            raise WheelsDoNotFit(f"{wheel.name} wants to write outside its folder: {name}.")
        if "tests" not in parts[:-1] and not name.endswith(".pyi"):
            found[name] = content
    return found


def _missing(unpacked: Files) -> list[str]:
    """The names of packages that are asked for on Windows and are not there."""
    there, asked = set(), {"qmsbook"}
    for name, content in unpacked.items():
        if name.endswith(".dist-info/METADATA"):
            said = Parser().parsestr(content.decode("utf-8"), headersonly=True)
            there.add(_normal(str(said["Name"])))
            asked |= set(_asked(said.get_all("Requires-Dist") or []))
    return sorted(asked - there)


def _asked(requirements: list[str]) -> Iterator[str]:
    for each in requirements:
        name, _, condition = each.partition(";")
        if not condition.strip() or (_ON_WINDOWS.search(condition) and "extra" not in condition):
            yield _normal(re.split(r"[^\w.-]", name.strip())[0])


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).casefold()


def main(arguments: list[str] | None = None) -> None:
    """Make the zip and say so."""
    ask = argparse.ArgumentParser(prog="python -m qmsbook.setup.bundle", description=__doc__)
    ask.add_argument(
        "--python", type=Path, required=True, help="The embeddable layout: a folder, or its zip."
    )
    ask.add_argument("--wheels", type=Path, required=True, help="A folder of wheels for that Python.")
    ask.add_argument("out", type=Path, metavar="OUT.zip")
    given = ask.parse_args(arguments)
    try:
        files = bundle(given.python, given.wheels)
        packed(files, given.out)
    except QmsbookError as problem:
        print(problem, file=sys.stderr)
        sys.exit(problem.exit_code)
    print(f"{given.out}: {len(files)} files. Unpack it on a Windows PC, then double-click install.cmd.")


if __name__ == "__main__":
    main()
