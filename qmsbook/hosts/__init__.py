"""Hosts: where a workbook lives; they read tables and carry edits out, and know nothing of what those mean.

Comes in: a workbook and edits. ``host.py`` says what a host is; a folder or file holds each: excel,
libreoffice, file, memory.
"""
