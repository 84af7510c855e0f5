"""Fixtures that several test modules use."""

from bounded import bounded
from every_host import host_of, relay
from live import desk

__all__ = ["bounded", "desk", "host_of", "relay"]
