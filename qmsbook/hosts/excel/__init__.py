"""The host of Excel: the saved copy, what cells are given, pointers, the change, its proof, the way back."""
