"""A guard against sums that another Python would do otherwise: from 3.12 on `sum` adds floats more exactly.

Two people with different Pythons would else redraw each other's sheets for ever; `math.fsum` adds as well in
all of them.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

_real = sum
_PACKAGE = "qmsbook."


@pytest.fixture(scope="session", autouse=True)
def whole_sums() -> Iterator[None]:
    """Whatever is tested, qmsbook adds no floats with `sum`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(builtins, "sum", _checked)
        yield


def _checked(items: Iterable[Any], /, start: Any = 0) -> Any:
    caller = sys._getframe(1)
    name = str(caller.f_globals.get("__name__"))
    if name.startswith(_PACKAGE):
        items = [*items]
        if any(isinstance(each, float) for each in (start, *items)):
            # No `except Exception` of what is tested may take it for one of its own errors.
            pytest.fail(f"{name}, line {caller.f_lineno}: `sum` of floats; other Pythons add them otherwise.")
    return _real(items, start)
