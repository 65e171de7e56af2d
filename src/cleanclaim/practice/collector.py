"""Python's collector of cycles, while much is read that stays: a payment of ten thousand claims is a million objects.

The collector looks through all of them each time that they have grown by a quarter, and finds nothing: a fifth of the
time. What nobody refers to any more is freed as ever; only cycles wait until the end.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def resting() -> Iterator[None]:
    """Let the collector rest inside, where it is at work; it goes back to work however the block ends."""
    was_at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_at_work:
            gc.enable()
