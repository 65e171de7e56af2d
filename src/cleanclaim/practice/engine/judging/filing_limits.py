"""In how many days a clinic's payers take a claim, by the clinic's own word: what stands in its contracts.

A contract's limit stands in the place of the one in the payer's file, for dates of service from its first day on. A
limit that the law sets is no contract's: `has_contracts` says with which kinds of payer a clinic can agree on one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby
from types import MappingProxyType
from typing import Any

from django.db import transaction

from cleanclaim.dates import Dated, Series
from cleanclaim.practice.models import Clinic, ClinicPayer, FilingLimit
from cleanclaim.reference import payers
from cleanclaim.reference.payer_settings import NONE
from cleanclaim.reference.payers import Payer
from cleanclaim.sources import Source

MOST_DAYS = 3653
"""The longest limit that is taken: ten years. A longer one is a slip of the hand."""
_DAYS, _MONTHS = "timely_filing_days", "timely_filing_months"

Terms = tuple[tuple[date | None, int, int | None, Source], ...]
"""The limits of one payer by first day, the earliest first: days, days behind another payer, and whose word it is."""


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
    """
    found = dict(packs)
    for payer, rows in groupby(FilingLimit.objects.filter(clinic=clinic), key=_payer):
        pack = found.get(payer) or (payers.get(payer) if payer in payers.all_ids() else None)
        if pack is not None and has_contracts(pack):
            found[payer] = _agreed(pack, tuple(_term(clinic, pack, row) for row in rows))
    return found


def _payer(row: FilingLimit) -> str:
    return row.payer


def _term(clinic: Clinic, pack: Payer, row: FilingLimit) -> tuple[date | None, int, int | None, Source]:
    told = Source(clinic.name, f"contract with {pack.label}", "as entered in set-up", row.changed_at.date())
    return row.valid_from, row.days, row.days_behind, told


@lru_cache(maxsize=512)
def _agreed(pack: Payer, terms: Terms) -> Payer:
    """A file with the limits of a contract; made once, for what a payer states is laid out by dates once a file."""
    begins = terms[0][0]
    kept = {name: series for name, series in pack.settings.items() if name not in {_DAYS, _MONTHS}}
    stated = {name: _before(pack.settings.get(name), begins) for name in (_DAYS, _MONTHS)}
    ends = [None if day is None else day - timedelta(days=1) for day, *_rest in terms[1:]]
    limits = []
    for (first, days, behind, told), last in zip(terms, [*ends, None], strict=True):
        value: dict[str, Any] = {"in_network": days, "out_of_network": days, "from": "date_of_service"}
        if behind is not None:
            value["after_other_insurance"] = behind
        limits.append(Dated(MappingProxyType(value), first, last, told))
    kept[_DAYS] = Series(_DAYS, "", "days", (*stated[_DAYS], *limits))
    if stated[_MONTHS]:
        kept[_MONTHS] = Series(_MONTHS, "", "months", stated[_MONTHS])
    return replace(pack, settings=MappingProxyType(kept))


def _before(series: Series[Any] | None, begins: date | None) -> tuple[Dated[Any], ...]:
    """What a file states of the days before a contract's first: nothing, where that holds from the beginning."""
    if series is None or begins is None:
        return ()
    last = begins - timedelta(days=1)
    if series.known_through is not None:
        last = min(last, series.known_through)
    return tuple(
        replace(one, valid_through=last if one.valid_through is None else min(last, one.valid_through))
        for one in series.values
        if one.valid_from is None or one.valid_from <= last
    )


@transaction.atomic
def set_limit(clinic: Clinic, payer: str, valid_from: date | None, days: int, days_behind: int | None) -> FilingLimit:
    """Set the contract's limit for dates of service from a day on; one that begins on the same day is replaced."""
    row = FilingLimit.objects.filter(payer=payer, valid_from=valid_from).first()
    row = row or FilingLimit(clinic=clinic, payer=payer, valid_from=valid_from)
    row.days, row.days_behind = days, days_behind
    row.save()
    _touch(payer)
    return row


@transaction.atomic
def remove_limit(row: FilingLimit) -> None:
    """Take a limit out: the one before it holds on, or what the payer's file states."""
    row.delete()
    _touch(row.payer)


def _touch(payer: str) -> None:
    """Let the claims of a payer be checked again: what a check rests on is told by when its rows were changed."""
    for row in ClinicPayer.objects.filter(payer=payer):
        row.save(update_fields=["changed_at"])


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
    behind_outside = behind if days is None else days.get("after_other_insurance_out_of_network", behind)
    if in_network is False:
        behind = behind_outside
    elif in_network is None and behind != behind_outside:
        behind = f"{behind} or {behind_outside}"
    return ", ".join(filter(None, (told, "" if behind is None else f"{behind} after another payer")))
