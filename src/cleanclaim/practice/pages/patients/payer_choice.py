"""The payers that a coverage may name: the clinic's own, then all whose file is known, by everyday names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cleanclaim.practice.engine.judging.setting import packs_of
from cleanclaim.practice.models import Clinic, ClinicPayer
from cleanclaim.reference import payers
from cleanclaim.reference.payers import Payer


@dataclass(frozen=True, slots=True)
class PayerChoice:
    """One payer to choose: its file, name, identifier, and whether the clinic is in its network."""

    key: str
    payer: str
    name: str
    identifier: str = ""
    in_network: bool | None = None


def payer_choices(clinic: Clinic) -> tuple[list[PayerChoice], list[PayerChoice]]:
    """The clinic's payers, and all other payers with a file, each by name."""
    own = [
        PayerChoice(str(row.pk), row.payer, row.name, row.identifier, row.in_network)
        for row in ClinicPayer.objects.order_by("name")
    ]
    packs = packs_of(clinic)
    labels = {payer: payers.get(payer).label for payer in payers.all_ids()} | {
        payer: pack.label for payer, pack in packs.items()
    }
    named = {choice.payer for choice in own}
    others = [PayerChoice(payer, payer, label) for payer, label in labels.items() if payer not in named]
    return own, sorted(others, key=lambda choice: choice.name.lower())


def payer_kind(clinic: Clinic, payer: str, packs: Mapping[str, Payer] | None = None) -> str:
    """What kind of payer a file describes (`medicare_b`, `workers_compensation`, …); empty where there is no file.

    `packs` are the clinic's own files (`packs_of`), where they are at hand.
    """
    pack = (packs_of(clinic) if packs is None else packs).get(payer)
    if pack is not None:
        return pack.kind
    try:
        return payers.get(payer).kind
    except payers.UnknownPayerError:
        return ""
