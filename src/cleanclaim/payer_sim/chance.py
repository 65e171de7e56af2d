"""Chance that can be repeated: every draw follows from the seed and from what is drawn for, never from the order.

A claim is therefore answered alike whether it comes alone or among thousands.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

WHOLE = 10_000
"""All of a share: chances and shares are whole hundredths of a percent."""


@dataclass(frozen=True, slots=True)
class Chance:
    """The draws of one seed."""

    seed: int

    def below(self, limit: int, *about: str) -> int:
        """A whole number from 0 to `limit` - 1, always the same for the same words."""
        digest = hashlib.sha256("\x1f".join((str(self.seed), *about)).encode()).digest()
        return int.from_bytes(digest[:8], "big") % limit

    def happens(self, share: int, *about: str) -> bool:
        """Whether something of that chance (in hundredths of a percent) happens to what is named."""
        return self.below(WHOLE, *about) < share

    def one_of(self, shares: Mapping[str, int], *about: str) -> str:
        """One name by its chance, or "" for the rest of the chances."""
        drawn = self.below(WHOLE, *about)
        for name, share in shares.items():
            drawn -= share
            if drawn < 0:
                return name
        return ""
