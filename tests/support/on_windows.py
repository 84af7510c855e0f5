"""What tests in Windows' Python need: a file held as Excel holds it, and what `.ci/windows` prepared."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

windows = pytest.mark.skipif(sys.platform != "win32", reason="run in Windows' Python: see .ci/windows")
#: What others may do with a file meanwhile.
NOTHING, READ, READ_AND_WRITE, ALSO_DELETE = 0, 1, 3, 7
#: What it does itself.
CHANGES, MOVES = 0xC0000000, 0x10000
_THAT_EXISTS = 3


@contextmanager
def held(path: Path, others_may: int, does: int = CHANGES) -> Iterator[None]:
    """A file is open in another program; without ALSO_DELETE it is neither moved nor deleted meanwhile."""
    if sys.platform == "win32":
        import ctypes

        library = ctypes.WinDLL("kernel32", use_last_error=True)
        call = library.CreateFileW
        call.restype = ctypes.c_void_p
        call.argtypes = [ctypes.c_wchar_p, *[ctypes.c_uint32] * 2, ctypes.c_void_p, *[ctypes.c_uint32] * 2,
                         ctypes.c_void_p]  # fmt: skip
        handle = call(str(path), does, others_may, None, _THAT_EXISTS, 0, None)
        assert handle != ctypes.c_void_p(-1).value, ctypes.WinError(ctypes.get_last_error())
        try:
            yield
        finally:
            library.CloseHandle(ctypes.c_void_p(handle))


def prepared(name: str) -> Path:
    """A folder that `.ci/windows` made; elsewhere the test is skipped, unless QMSBOOK_REQUIRE asks for it."""
    found = os.environ.get(name)
    if found:
        return Path(found)
    if "windows" in os.environ.get("QMSBOOK_REQUIRE", "") and sys.platform == "win32":
        pytest.fail(f"QMSBOOK_REQUIRE asks for Windows, but {name} names no folder")
    pytest.skip(f"{name} names no folder: see .ci/windows")
