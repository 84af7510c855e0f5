"""Fixtures that several test modules use."""

from bounded import bounded
from every_host import host_of, relay
from live import desk
from whole_sums import whole_sums

__all__ = ["bounded", "desk", "host_of", "relay", "whole_sums"]
