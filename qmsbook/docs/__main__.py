"""``python -m qmsbook.docs``: writes the generated pages into docs/ of this source tree."""

from __future__ import annotations

from pathlib import Path

from qmsbook.docs.make import write

if __name__ == "__main__":
    write(Path(__file__).parents[2] / "docs")
