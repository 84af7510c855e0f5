"""``python -m qmsbook`` is the command line."""

import os
import sys

if __name__ == "__main__":
    # Python looks for modules in the current folder first: what lies beside a workbook is not ours to run.
    if not sys.flags.safe_path and sys.path and os.path.abspath(sys.path[0] or os.curdir) == os.getcwd():
        del sys.path[0]
    from qmsbook.doors.cli.app import main

    main()
