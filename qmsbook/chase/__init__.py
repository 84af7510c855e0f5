"""Chasing: what each person owes, the mail and the small workbook about it, and taking that back in."""
