"""``python -m qmsbook`` is the command line."""

import os
import sys
from contextlib import suppress


def _without_the_current_folder() -> None:
    """Python looks for modules there first, and what lies beside a workbook is not ours to run."""
    with suppress(OSError, IndexError):  # the folder may be gone
        if not sys.flags.safe_path and os.path.abspath(sys.path[0] or os.curdir) == os.getcwd():
            del sys.path[0]


if __name__ == "__main__":
    _without_the_current_folder()
    from qmsbook.doors.cli.app import main

    main()
