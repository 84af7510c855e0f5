"""``python -m qmsbook`` is the command line."""

from qmsbook.cli import main

if __name__ == "__main__":
    main()
