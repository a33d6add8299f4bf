"""Waiting for a state with a deadline."""

import time
from typing import Callable, TypeVar

T = TypeVar("T")


def until(probe: Callable[[], T], what: str, seconds: float = 30.0, interval: float = 0.02) -> T:
    """Calls `probe` until it answers something true and returns that; fails after `seconds`.

    `probe` may raise AssertionError for "not yet"; the last one is shown when time is up.
    """
    deadline = time.monotonic() + seconds
    last: object = None
    while True:
        try:
            last = probe()
            if last:
                return last
        except AssertionError as error:
            last = error
        if time.monotonic() >= deadline:
            raise AssertionError(f"not within {seconds} s: {what}; last seen: {last}")
        time.sleep(interval)
