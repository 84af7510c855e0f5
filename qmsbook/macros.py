"""Hands over to the buttons: add-ins that are installed call ``python -m qmsbook.macros``."""

from __future__ import annotations

import sys

from qmsbook.doors.buttons import main

if __name__ == "__main__":
    sys.exit(main())
