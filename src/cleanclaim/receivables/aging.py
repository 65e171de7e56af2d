"""How long money has been open, in the trade's five buckets: patients' since it was theirs, payers' since filing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum


class Bucket(Enum):
    """Days open: 0–30, 31–60, 61–90, 91–120, more."""

    CURRENT = (0, 30)
    OVER_30 = (31, 60)
    OVER_60 = (61, 90)
    OVER_90 = (91, 120)
    OVER_120 = (121, None)

    @property
    def label(self) -> str:
        """Its days in words."""
        first, last = self.value
        return f"over {first - 1}" if last is None else f"{first}–{last}"


def bucket_of(since: date, on: date) -> Bucket:
    """The bucket of what has been open since a day. A day that is still to come counts as today."""
    days = max(0, (on - since).days)
    return next(bucket for bucket in Bucket if bucket.value[1] is None or days <= bucket.value[1])


@dataclass(frozen=True, slots=True)
class Aged:
    """An open amount in cents, and since when."""

    cents: int
    since: date


def aged(amounts: Iterable[Aged], on: date) -> dict[Bucket, int]:
    """Open amounts by bucket, every bucket named, in order."""
    found = dict.fromkeys(Bucket, 0)
    for amount in amounts:
        found[bucket_of(amount.since, on)] += amount.cents
    return found
