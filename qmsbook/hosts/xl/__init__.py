"""What the Excel host is made of: the saved copy, what cells are given, pointers, the change, its proof."""
