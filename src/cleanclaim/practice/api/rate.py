"""How often a token may call: a count for each minute, kept in the cache that all workers share.

With the default cache, which lives in one process, every worker counts for itself; a deployment of several workers
sets a shared cache.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache

_WINDOW = 60
"""Seconds."""
GUESSES = 30
"""Refused tokens from one address in a minute before the address has to wait."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many calls a minute there are, how many are left of it, and in how many seconds it begins anew."""

    limit: int
    left: int
    seconds: int

    @property
    def is_spent(self) -> bool:
        """Whether this call is one too many."""
        return self.left < 0

    def headers(self) -> dict[str, str]:
        """The allowance as headers of an answer."""
        found = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(self.left, 0)),
            "RateLimit-Reset": str(self.seconds),
        }
        return {**found, "Retry-After": str(self.seconds)} if self.is_spent else found


def count_call(token: object) -> Allowance:
    """Count one call of a token."""
    return _count(f"api:token:{token}", settings.API_CALLS_PER_MINUTE)


def count_guess(origin: str) -> Allowance:
    """Count one refused token from an address."""
    return _count(f"api:guess:{origin}", GUESSES)


def guesses_spent(origin: str) -> Allowance | None:
    """The allowance of an address that has guessed too often; `None` while it may go on."""
    name, left = _window(f"api:guess:{origin}")
    used = int(cache.get(name, 0))
    return Allowance(GUESSES, -1, left) if used >= GUESSES else None


def _count(what: str, limit: int) -> Allowance:
    name, left = _window(what)
    cache.add(name, 0, _WINDOW * 2)
    try:
        used = cache.incr(name)
    except ValueError:  # it expired between the two
        cache.set(name, 1, _WINDOW * 2)
        used = 1
    return Allowance(limit, limit - used, left)


def _window(what: str) -> tuple[str, int]:
    now = int(time.time())
    return f"{what}:{now // _WINDOW}", _WINDOW - now % _WINDOW
