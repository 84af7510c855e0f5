"""Doors: how a person asks. The command line, buttons on an open workbook, the folder that watch answers.

Comes in: what was typed or pressed. Each door finds the workbook and the person, and hands on to commands.
"""
