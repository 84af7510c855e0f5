"""Docs: makes the generated pages of docs/ from the code.

Comes in: declarations, docstrings, and the data files of tests/. Only the source tree has them.
"""
