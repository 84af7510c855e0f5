"""The guard of the tests of failing calls ends what hangs."""

from __future__ import annotations

import contextlib
import signal
import time

import pytest
from bounded import DoesNotEnd, bound

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="this system has no alarms")


def go_on_for_ever() -> None:
    while True:
        with contextlib.suppress(Exception):
            time.sleep(0.01)


def test_what_does_not_end_is_ended_though_it_takes_every_error_for_its_own() -> None:
    with pytest.raises(DoesNotEnd), bound(0.05):
        go_on_for_ever()


def test_what_ends_is_left_alone_and_no_alarm_stays() -> None:
    with bound(60):
        pass
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
