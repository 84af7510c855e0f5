"""What the LibreOffice host is made of: cells in bulk, sheets that come and go, and what is kept for undo."""
