"""The book: what a workbook says. Tables, records, cells read once, the day it is judged; and edits as data.

Comes in: the tables that a host read, and a day. Knows no other room.
"""
