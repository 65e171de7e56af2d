"""What a payer owes for paying late: the days, and the interest where its file states the rate of the day it paid.

Medicare owes it on clean claims, from the day after the thirtieth since the receipt, at the rate of the day of payment:
payment x rate x days / 365, or 366 in a leap year (Medicare Claims Processing Manual, ch. 1 §80.2.2). What a state's
law or a contract says of other payers stands in a payer file of the clinic's own, and is reckoned in the same way. A
rate that nobody has read is not guessed.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cleanclaim.money import divide
from cleanclaim.reference import payers
from cleanclaim.reference.payers import Payer
from cleanclaim.sources import Source

_PERCENT_E3 = 100 * 1_000


@dataclass(frozen=True, slots=True)
class Interest:
    """Interest for `days`. `cents` and `percent_e3` (thousandths of a percent a year) are `None` where unknown."""

    days: int
    cents: int | None
    percent_e3: int | None
    source: Source

    @property
    def percent(self) -> str:
        """The rate as people write it: `4.625`; empty where it is not known."""
        if self.percent_e3 is None:
            return ""
        whole, rest = divmod(self.percent_e3, 1_000)
        return f"{whole}.{rest:03d}".rstrip("0").rstrip(".")


def interest_due(
    payer_id: str, paid_cents: int, received_on: date | None, paid_on: date | None, packs: Iterable[Payer] = ()
) -> Interest | None:
    """What a payer owes for having paid a clean claim late.

    Args:
        payer_id: the payer's file.
        paid_cents: what it paid.
        received_on: when it received the claim; the day it was sent where that is all that is known.
        paid_on: when it paid.
        packs: payer files of the clinic's own, which come before shipped ones.

    Returns:
        The interest; `None` where nothing is known of the payer or the days, or nothing was late or paid.
    """
    if received_on is None or paid_on is None or paid_cents <= 0:
        return None
    found = payers.setting(payer_id or None, "late_interest", paid_on, tuple(packs))
    if found.value is None or found.dated is None:
        return None
    days = (paid_on - received_on).days - int(found.value["after_days"])
    if days <= 0:
        return None
    rate: int | None = found.value.get("percent")
    year = 366 if calendar.isleap(paid_on.year) else 365
    cents = None if rate is None else divide(paid_cents * rate * days, _PERCENT_E3 * year)
    return Interest(days, cents, rate, found.dated.source)
