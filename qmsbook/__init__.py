"""qmsbook: a small company's ISO 9001 quality system runs its business plan, in its own Excel workbook."""

__version__ = "0.1.0"
