"""The host of LibreOffice: cells in bulk, sheets that come and go, what is kept for undo, the two bridges."""
