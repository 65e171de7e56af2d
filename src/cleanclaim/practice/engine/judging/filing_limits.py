"""In how many days a clinic's payers take a claim, by the clinic's own word: what stands in its contracts.

A contract's limit stands in the place of the one in the payer's file, for every date of service. A limit that the law
sets is no contract's: `has_contracts` says with which kinds of payer a clinic can agree on one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from cleanclaim.dates import Dated, Series
from cleanclaim.practice.models import Clinic, ClinicPayer
from cleanclaim.reference import payers
from cleanclaim.reference.payer_settings import NONE
from cleanclaim.reference.payers import Payer
from cleanclaim.sources import Source

MOST_DAYS = 3653
"""The longest limit that is taken: ten years. A longer one is a slip of the hand."""
_DAYS, _MONTHS = "timely_filing_days", "timely_filing_months"


def has_contracts(pack: Payer) -> bool:
    """Whether a clinic agrees with the payer on a limit: Medicare's is the law's, and for cash nothing is filed."""
    return pack.kind not in {"medicare_b", "cash"}


def with_contracts(clinic: Clinic, packs: Mapping[str, Payer]) -> dict[str, Payer]:
    """Payer files, with the limits of the clinic's contracts in the place of those that they state.

    Args:
        clinic: whose contracts, in scope; one query.
        packs: the files that stand before the shipped ones, by payer.

    Returns:
        Those files, and of the shipped ones those of payers with whom the clinic has a contract that names a limit.
        Where two rows name one file, they name one limit (`PayerForm` sees to it).
    """
    found = dict(packs)
    for row in ClinicPayer.objects.filter(clinic=clinic, filing_days__isnull=False).order_by("identifier"):
        pack = found.get(row.payer) or (payers.get(row.payer) if row.payer in payers.all_ids() else None)
        if pack is not None and has_contracts(pack):
            told = Source(clinic.name, f"contract with {row.name}", "as entered in set-up", row.changed_at.date())
            found[row.payer] = _agreed(pack, row.filing_days, row.filing_days_behind, told)
    return found


@lru_cache(maxsize=512)
def _agreed(pack: Payer, days: int, behind: int | None, told: Source) -> Payer:
    """A file with the limit of a contract; made once, for what a payer states is laid out by dates once a file."""
    value: dict[str, Any] = {"in_network": days, "out_of_network": days, "from": "date_of_service"}
    if behind is not None:
        value["after_other_insurance"] = behind
    limit = Series(_DAYS, "", "days", (Dated(MappingProxyType(value), None, None, told),))
    kept = {name: series for name, series in pack.settings.items() if name != _MONTHS}
    return replace(pack, settings=MappingProxyType({**kept, _DAYS: limit}))


def limit_words(pack: Payer, on: date, *, in_network: bool | None) -> str:
    """The filing limit of a payer on a day, in a few words; empty where it is not known.

    Args:
        pack: the payer, with the limit of its contract where there is one.
        on: the date of service.
        in_network: whether the clinic is in its network; both limits are told where that is not known.
    """
    days, months = pack.setting(_DAYS, on).value, pack.setting(_MONTHS, on).value
    if days == NONE:
        return "none"
    inside, outside = (None, None) if days is None else (days.get("in_network"), days.get("out_of_network"))
    if months is not None:
        told = f"{months} months"
    elif inside == outside:
        told = "" if inside is None else f"{inside} days"
    elif in_network is not None:
        stated = inside if in_network else outside
        told = "" if stated is None else f"{stated} days"
    else:
        each = {"in network": inside, "out of it": outside}
        told = ", ".join(f"{number} days {where}" for where, number in each.items() if number is not None)
    behind = None if days is None else days.get("after_other_insurance")
    return ", ".join(filter(None, (told, "" if behind is None else f"{behind} after another payer")))
