"""Screens: the program in front of the person. Excel, LibreOffice, and one without a person."""
