"""Fixtures that several test modules use."""

from every_host import host_of, relay
from live import desk

__all__ = ["desk", "host_of", "relay"]
