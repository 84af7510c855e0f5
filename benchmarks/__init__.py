"""Measurements against the clock; each compares with a peer in the same run."""
