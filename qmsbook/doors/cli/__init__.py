"""The command line: the same commands as the buttons, on a closed file, and what it prints."""
