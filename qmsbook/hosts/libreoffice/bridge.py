"""The way into LibreOffice: finds `uno`, attaches to a running office, or starts one without windows."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import uuid4

from qmsbook.hosts.host import NoLibreOffice
from qmsbook.hosts.libreoffice.relay import OfficeError, Relay

#: Where LibreOffice puts its bridge, besides the folder of its program.
_PLACES = (
    "/usr/lib/python3/dist-packages",
    "/usr/lib64/python3/site-packages",
    "/usr/lib64/libreoffice/program",
    "/usr/lib/libreoffice/program",
    "/opt/libreoffice*/program",
    "/Applications/LibreOffice.app/Contents/Resources",
    "C:/Program Files/LibreOffice/program",
)
_PROGRAMS = (
    "/opt/libreoffice*/program/soffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "C:/Program Files/LibreOffice/program/soffice.exe",
)
#: A fresh profile ends the first start with this code: LibreOffice asks to be started again.
_START_AGAIN = 81
_PATIENCE = 60.0


def program() -> str | None:
    """The path of LibreOffice's program, or None."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    return found or next((str(path) for path in _existing(_PROGRAMS)), None)


def environment() -> dict[str, str]:
    """This process's environment without its virtual environment: as it is when a person opens LibreOffice.

    LibreOffice's own Python looks for its library beside the first `python3` of PATH. In a virtual
    environment it finds that one's, has no `uno` there, and quietly leaves every extension in Python out.
    """
    made = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    made.pop("VIRTUAL_ENV", None)
    folders = made.get("PATH", "").split(os.pathsep)
    made["PATH"] = os.pathsep.join(each for each in folders if not Path(each, "../pyvenv.cfg").exists())
    return made


def _existing(patterns: Iterable[str]) -> Iterable[Path]:
    for pattern in patterns:
        path = Path(pattern)
        if "*" in pattern:
            yield from sorted(Path(path.anchor).glob(str(path.relative_to(path.anchor))))
        elif path.exists():
            yield path


def _folders() -> Iterable[Path]:
    """Folders that may hold `uno.py`."""
    major, minor = sys.version_info[:2]
    yield from _existing(_PLACES)
    yield from _existing(f"{lib}/python{major}.{minor}/site-packages" for lib in ("/usr/lib", "/usr/lib64"))
    soffice = program()
    if soffice:
        yield Path(soffice).resolve().parent


#: The relay to the LibreOffice whose button started this program; it comes before the module.
_RELAYS: list[Relay] = []


def bridge() -> Any:
    """The module `uno`, or what stands in for it. Raises NoLibreOffice if this Python cannot load it."""
    return _RELAYS[-1] if _RELAYS else _module()


def relayed(relay: Relay) -> Any:
    """The desktop of the LibreOffice at the other end of a relay, which from now on is the bridge."""
    _RELAYS.append(relay)
    return _desktop_of(relay.context)


@cache
def _module() -> Any:
    with contextlib.suppress(ImportError):
        return importlib.import_module("uno")
    problem = ""
    for folder in _folders():
        if not (folder / "uno.py").exists():
            continue
        # Only while it is imported: the distribution's other packages must not shadow this Python's own.
        sys.path.append(str(folder))
        try:
            return importlib.import_module("uno")
        except ImportError as error:
            problem = f"({folder}: {error})"
            sys.modules.pop("uno", None)
        finally:
            sys.path.remove(str(folder))
    raise NoLibreOffice(problem)


def properties(**values: object) -> tuple[Any, ...]:
    """What UNO calls a sequence of PropertyValue."""
    made = []
    for name, value in values.items():
        made.append(struct("com.sun.star.beans.PropertyValue"))
        made[-1].Name, made[-1].Value = name, value
    return tuple(made)


def struct(name: str) -> Any:
    """A new UNO struct."""
    return bridge().createUnoStruct(name)


def command(frame: Any, name: str) -> tuple[Any, Any]:
    """What carries out a command of LibreOffice's in a frame, or None, and the address to call it by."""
    url = struct("com.sun.star.util.URL")
    url.Protocol, url.Path = ".uno:", name
    url.Complete = url.Main = url.Protocol + url.Path
    return frame.queryDispatch(url, "_self", 0), url


def enum(name: str, value: str) -> Any:
    """A value of a UNO enum."""
    return bridge().Enum(name, value)


def is_office_error(problem: BaseException) -> bool:
    """Whether something was raised by LibreOffice, not by Python."""
    kind = type(problem)
    named_so = kind.__module__.startswith("com.sun.star") or "com.sun.star" in kind.__name__
    return named_so or isinstance(problem, OfficeError)


def connect(accept: str) -> Any:
    """The desktop of an office that accepts connections, by `pipe,name=...` or `socket,host=...,port=...`.

    Raises NoLibreOffice if nobody answers.
    """
    try:
        return _desktop(accept)
    except Exception as problem:
        raise NoLibreOffice(f"No LibreOffice answers at {accept}.") from problem


def _desktop(accept: str) -> Any:
    local = bridge().getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    context = resolver.resolve(f"uno:{accept};urp;StarOffice.ComponentContext")
    return _desktop_of(context)


def _desktop_of(context: Any) -> Any:
    return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)


class Office:
    """A LibreOffice of one's own, without windows, with a profile of its own; closed when it is left."""

    def __init__(self) -> None:
        soffice = program()
        if soffice is None:
            raise NoLibreOffice("There is no soffice.")
        bridge()
        self._folder = Path(tempfile.mkdtemp(prefix="qmsbook-office-"))
        #: Where other programs can reach it.
        self.accept = f"pipe,name=qmsbook{os.getpid()}x{uuid4().hex[:8]}"
        self._command = [
            soffice,
            f"-env:UserInstallation={(self._folder / 'profile').as_uri()}",
            "--headless",
            "--norestore",
            "--nologo",
            "--nodefault",
            f"--accept={self.accept};urp;",
        ]
        self._process: subprocess.Popen[bytes] | None = None
        self._documents: list[Any] = []
        try:
            self.desktop: Any = self._started()
        except BaseException:
            self.close()
            raise

    def _started(self) -> Any:
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            if self._process is None or self._process.poll() == _START_AGAIN:
                self._process = subprocess.Popen(
                    self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL, start_new_session=True, env=environment(),
                )  # fmt: skip
            if self._process.poll() not in (None, _START_AGAIN):
                raise NoLibreOffice(f"It ended with code {self._process.returncode}.")
            with contextlib.suppress(Exception):
                return _desktop(self.accept)
            time.sleep(0.05)
        raise NoLibreOffice("It did not answer within a minute.")

    def open(self, path: str | Path, hidden: bool = True) -> Any:
        """The document of a workbook file."""
        document = load(self.desktop, path, hidden)
        self._documents.append(document)
        return document

    @property
    def running(self) -> bool:
        """Whether this LibreOffice has neither been closed nor ended by itself."""
        return self._process is not None and self._process.poll() is None

    def close(self) -> None:
        """Ends this LibreOffice, and takes its profile away."""
        process = self._process
        if process is not None:
            if process.poll() is None:
                for document in self._documents:  # or their lock files would stay behind
                    close(document)
                with contextlib.suppress(Exception):
                    self.desktop.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                # The program is a launcher on some systems: the whole group that it started goes.
                _end(process)
        self._process = None
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Office:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
    else:
        process.kill()
    process.wait(10)


def load(loader: Any, path: str | Path, hidden: bool = True) -> Any:
    """A document opened by a desktop or a frame, without a window if it is hidden."""
    url = Path(path).absolute().as_uri()
    document = loader.loadComponentFromURL(url, "_blank", 0, properties(Hidden=hidden))
    if document is None:
        raise NoLibreOffice(f"It could not open {Path(path).name}.")
    return document


def close(document: Any) -> None:
    """Closes a document without saving it; one that is gone already is no trouble.

    What is not closed is tried once more, but never disposed of: under an open dialog that ends LibreOffice.
    """
    for _ in range(2):
        with contextlib.suppress(Exception):
            document.close(True)
            return
