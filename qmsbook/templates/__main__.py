"""``python -m qmsbook.templates [FOLDER]``: writes both templates."""

from __future__ import annotations

import sys
from pathlib import Path

from qmsbook.templates.shipped import templates_folder
from qmsbook.templates.template import write

if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else templates_folder())
