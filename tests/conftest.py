"""Fixtures that several test modules use, and the order in which the modules run."""

from pathlib import Path

import pytest
from bounded import bounded
from every_host import host_of, relay
from live import desk
from whole_sums import whole_sums

__all__ = ["bounded", "desk", "host_of", "relay", "whole_sums"]

#: The modules that take minutes, the longest first: begun last, one of them would keep one core busy alone.
_LONG = (
    "test_soak", "test_patch", "test_reopened", "test_three_quarters", "test_failing_buttons",
    "test_failing_excel", "test_half_typed", "test_hosts", "test_typed_words", "test_excel_host",
    "test_upgrading", "test_patch_rows", "test_excel_faults", "test_excel_walk", "test_signs",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each module's tests stay together and in their order; with xdist see ``--no-loadscope-reorder``."""
    place = {name: number for number, name in enumerate(_LONG)}
    items.sort(key=lambda item: place.get(Path(item.path).stem, len(_LONG)))
