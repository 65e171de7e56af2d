"""Why the last day to file a claim is not known, and where what it lacks is entered.

The day itself is the engine's (`facts/filing/deadline`): it counts the payer's limit from the service. Where it has no
day, this module says which of its inputs is missing, by the same payer files and networks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from cleanclaim.practice.engine.judging.setting import packs_of
from cleanclaim.practice.models import Clinic, ClinicPayer
from cleanclaim.records import CoverageOrder
from cleanclaim.reference import payers
from cleanclaim.reference.payer_settings import NONE
from cleanclaim.reference.payers import Payer


class Lack(Enum):
    """What keeps a last day from being known: in a few words, what to enter, and the page of set-up for it."""

    NO_LIMIT = ("no limit", "The payer takes claims at any time.", "")
    """Nothing is missing."""
    NO_PAYER = ("no payer", "The patient has no coverage on this day: enter it on the patient's page.", "")
    NO_FILE = (
        "no payer file",
        "No payer file holds this payer's rules: add one with the filing limit of your contract.",
        "setup_packs",
    )
    NOT_STATED = (
        "limit not on file",
        "The payer's file states no filing limit for this day: enter the one of your contract.",
        "setup_payers",
    )
    NETWORK = (
        "network not recorded",
        "Its file states the limit of one network status alone: enter whether the clinic is in its network.",
        "setup_payers",
    )
    NETWORK_BEHIND = (
        "network not recorded",
        "The limit behind the payer before differs by network: enter whether the clinic is in the payer's network.",
        "setup_payers",
    )
    OTHER_NETWORK = (
        "limit not on file",
        "The payer's file states the filing limit of the other network status alone: enter the one of your contract.",
        "setup_payers",
    )
    PAYER_BEFORE = (
        "after the payer before",
        "The limit runs from the payer before's decision, and its days are not on file: enter those of your contract.",
        "setup_payers",
    )
    NOT_DECIDED = (
        "after the payer before",
        "The limit runs from the payer before's decision: the day is known once that answer is posted.",
        "",
    )

    @property
    def words(self) -> str:
        """In a few words, for a list."""
        return self.value[0]

    @property
    def remedy(self) -> str:
        """What is missing and what to enter, in a sentence."""
        return self.value[1]

    @property
    def page(self) -> str:
        """The name of the page of set-up where it is entered; empty where that is another one, or none."""
        return self.value[2]


@dataclass(frozen=True, slots=True)
class FilingTerms:
    """What a clinic knows of its payers: their files, and whether it is in their networks."""

    clinic: Clinic
    packs: dict[str, Payer]
    networks: dict[str, bool]

    @classmethod
    def of(cls, clinic: Clinic) -> FilingTerms:
        """The terms of one clinic, in scope; two queries."""
        rows = ClinicPayer.objects.filter(clinic=clinic, in_network__isnull=False)
        return cls(clinic, packs_of(clinic), dict(rows.values_list("payer", "in_network")))

    def lack(self, payer: str, on: date, *, order: str, in_network: bool | None) -> Lack:
        """What is missing where the last day of a claim is not known.

        Args:
            payer: the payer's id; empty where the claim has none.
            on: the date of service.
            order: the payer's place among the patient's.
            in_network: as the coverage says; where it says nothing, the clinic's own word counts.
        """
        if not payer:
            return Lack.NO_PAYER
        pack = self.packs.get(payer)
        if pack is None:
            if payer not in payers.all_ids():
                return Lack.NO_FILE
            pack = payers.get(payer)
        days = pack.setting("timely_filing_days", on).value
        if days == NONE:
            return Lack.NO_LIMIT
        network = self.networks.get(payer) if in_network is None else in_network
        if order != CoverageOrder.PRIMARY.value and pack.kind != "medicare_b":
            if days is None or "after_other_insurance" not in days:
                return Lack.PAYER_BEFORE
            differs = "after_other_insurance_out_of_network" in days
            return Lack.NETWORK_BEHIND if differs and network is None else Lack.NOT_DECIDED
        if days is None:
            return Lack.NOT_STATED
        return Lack.NETWORK if network is None else Lack.OTHER_NETWORK
