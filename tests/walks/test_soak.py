"""Some minutes at the desk by a fixed seed; QMSBOOK_SOAK says how many seconds (CI: 300)."""

from __future__ import annotations

import os
from pathlib import Path

from soak import soak

#: What a desk has patience for. Seconds.
SHORT = 60.0


def test_all_that_was_typed_is_there_and_nothing_grows(tmp_path: Path) -> None:
    seconds = float(os.environ.get("QMSBOOK_SOAK") or SHORT)
    assert soak(tmp_path / "acme.xlsx", tmp_path, seconds, seed=20261110) == []
