"""``python -m qmsbook`` is the command line."""

from qmsbook.doors.cli.app import main

if __name__ == "__main__":
    main()
