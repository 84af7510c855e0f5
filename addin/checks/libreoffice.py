"""Loads the add-in in LibreOffice and calls its VBA there; needs the system's Python with UNO.

Reads JSON from standard input: ``addin`` (a path), ``profile`` (a folder), ``modules`` (name: text to put
in, or in its place) and ``calls``, each with ``call`` (module.function), ``arguments`` and ``settings``
(what to write into the hidden sheet first). Writes ``modules`` and, for each call, ``gave`` or ``failed``.
A module is compiled whole before any of its functions runs; what calls one that does not compile gives
nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

LIBRARY = "qmsbookAddin"
FILTER = "Calc MS Excel 2007 VBA XML"
ALWAYS_RUN_MACROS = 4  # com.sun.star.document.MacroExecMode.ALWAYS_EXECUTE_NO_WARN
PATIENCE = 60


def _uno() -> Any:
    place = "/usr/lib/python3/dist-packages"
    sys.path.append(place)
    try:
        import uno
    finally:
        sys.path.remove(place)
    return uno


@contextmanager
def desktop(uno: Any, profile: str) -> Iterator[Any]:
    """A LibreOffice without a window, with a profile of its own; ended afterwards."""
    pipe = f"qmsbook{os.getpid()}"
    command = [
        "soffice", "--headless", "--norestore", "--nologo", f"-env:UserInstallation={Path(profile).as_uri()}",
        f"--accept=pipe,name={pipe};urp",
    ]  # fmt: skip

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    running, end = start(), time.monotonic() + PATIENCE
    try:
        while True:
            try:
                context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
                break
            except Exception:
                if time.monotonic() > end:
                    raise
                if running.poll() is not None:  # a fresh profile ends the first start
                    running = start()
                time.sleep(0.1)
        yield context.ServiceManager.createInstance("com.sun.star.frame.Desktop")
    finally:
        running.terminate()
        running.wait(PATIENCE)


def open_addin(uno: Any, office: Any, path: str) -> Any:
    """The add-in as a document that may run its macros."""

    def prop(name: str, value: object) -> Any:
        made = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
        made.Name, made.Value = name, value
        return made

    how = (prop("Hidden", True), prop("FilterName", FILTER), prop("MacroExecutionMode", ALWAYS_RUN_MACROS))
    return office.loadComponentFromURL(Path(path).as_uri(), "_blank", 0, how)


def caller(document: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A function that carries out one call of the input."""
    provider = document.getScriptProvider()
    sheet = document.Sheets.getByName("Settings")
    rows = {sheet.getCellByPosition(0, row).String: row for row in range(1, 9)}

    def call(asked: dict[str, Any]) -> dict[str, Any]:
        for key, value in asked.get("settings", {}).items():
            sheet.getCellByPosition(1, rows[key]).String = value
        try:
            script = provider.getScript(
                f"vnd.sun.star.script:{LIBRARY}.{asked['call']}?language=Basic&location=document"
            )
            return {"gave": script.invoke(tuple(asked.get("arguments", ())), (), ())[0]}
        except Exception as error:
            return {"failed": str(error)}

    return call


def main() -> None:
    """Carry out what standard input asks for."""
    asked = json.load(sys.stdin)
    uno = _uno()
    with desktop(uno, asked["profile"]) as office:
        document = open_addin(uno, office, asked["addin"])
        modules = document.BasicLibraries.getByName(LIBRARY)
        for name, source in asked.get("modules", {}).items():
            put = modules.replaceByName if modules.hasByName(name) else modules.insertByName
            put(name, "Option VBASupport 1\n" + source)
        call = caller(document)
        answers = [call(one) for one in asked["calls"]]
        json.dump({"modules": list(modules.ElementNames), "calls": answers}, sys.stdout)
        document.close(True)


if __name__ == "__main__":
    main()
