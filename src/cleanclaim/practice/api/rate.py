"""How often a token may call, and how often an address may guess: counts of one minute, shared by all workers.

A token's count stands in its own row, an address's in the cache.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.db.models import F
from django.utils import timezone

from cleanclaim.practice.models import ApiToken

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


def count_call(token: ApiToken) -> Allowance:
    """Count one call of a token, whose clinic is in scope."""
    now = timezone.now()
    minute, second = divmod(int(now.timestamp()), _WINDOW)
    own = ApiToken.objects.filter(pk=token.pk)
    if not own.filter(minute=minute).update(calls=F("calls") + 1, used_at=now):
        own.exclude(minute=minute).update(minute=minute, calls=1, used_at=now)
    limit: int = settings.API_CALLS_PER_MINUTE
    return Allowance(limit, limit - own.values_list("calls", flat=True)[0], _WINDOW - second)


def count_guess(origin: str) -> Allowance:
    """Count one refused token from an address."""
    minute, second = divmod(int(timezone.now().timestamp()), _WINDOW)
    name = f"api:guess:{origin}:{minute}"
    cache.add(name, 0, _WINDOW * 2)
    try:
        used = cache.incr(name)
    except ValueError:  # it expired between the two
        used = 1
    return Allowance(GUESSES, GUESSES - used, _WINDOW - second)
