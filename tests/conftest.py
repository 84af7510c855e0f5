"""Fixtures that several test modules use."""

from live import desk

__all__ = ["desk"]
