"""All screens: Excel, LibreOffice, and one without a person for tests and for closed files."""
