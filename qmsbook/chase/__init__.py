"""Chase: reminders go out and figures come back, each person's in a small workbook of their own.

Comes in: the book assessed, and workbooks that people returned.
"""
