"""LibreOffice by the relay that its buttons use: the other end is a thread of this process."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Thread
from types import ModuleType
from typing import Any

from common import ROOT

from qmsbook.hosts.libreoffice import bridge as uno_bridge
from qmsbook.hosts.libreoffice.bridge import Office, bridge, relayed
from qmsbook.hosts.libreoffice.relay import Relay


@cache
def handler() -> ModuleType:
    """The extension's program, loaded as LibreOffice loads it: with `uno` beside it."""
    beside = str(Path(bridge().__file__).parent)
    path = ROOT / "addin" / "libreoffice" / "qmsbook_handler.py"
    spec = importlib.util.spec_from_file_location("qmsbook_handler", path)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.path.append(beside)
    try:
        spec.loader.exec_module(made)
    finally:
        sys.path.remove(beside)
    return made


@contextmanager
def relay_to(office: Office) -> Iterator[tuple[Any, Any]]:
    """A LibreOffice's desktop through a relay, which is the bridge meanwhile; and the other end of it."""
    local = bridge().getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    context = resolver.resolve(f"uno:{office.accept};urp;StarOffice.ComponentContext")
    there, requests = os.pipe()
    answers, here = os.pipe()
    with os.fdopen(there, "rb") as asked, os.fdopen(here, "wb") as said:
        with os.fdopen(answers, "rb") as source, os.fdopen(requests, "wb") as target:
            end = handler().Relay(context)
            server = Thread(target=_serve, args=(end, asked, said), daemon=True)
            server.start()
            try:
                yield relayed(Relay(source, target)), end
            finally:
                uno_bridge._RELAYS.clear()
        server.join(30)


def _serve(end: Any, asked: Any, said: Any) -> None:
    for line in asked:
        said.write(end.answer(line.decode("ascii")).encode("ascii") + b"\n")
        said.flush()
