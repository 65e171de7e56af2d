"""Clean claims as they go out: 837P files of drawn visits, some of them to a second payer.

Payers carry the names of their payer files, so that a reader can tell whose terms hold. One interchange holds one claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from cleanclaim.bill.job import ClaimState, bill
from cleanclaim.records import Claim, Coverage, CoverageOrder
from cleanclaim.reference import payers
from cleanclaim.x12 import write_837p
from cleanclaim.x12.control import ControlNumbers
from tests.generator.adapter import packs
from tests.generator.claim_text import ClaimText
from tests.generator.clean import Case, Maker, Wish
from tests.generator.defects.second_payers import answered


@dataclass(frozen=True, slots=True)
class Filed:
    """One claim in its file, the payer file it goes to, and the day of judgement."""

    text: ClaimText
    payer: str
    day: date
    as_of: date

    @property
    def key(self) -> str:
        """The clinic's number of the claim."""
        return self.text.key


@dataclass(frozen=True, slots=True)
class Filing:
    """What a caller wishes of a claim: of the visit, and whether another payer has answered before."""

    wish: Wish
    second: bool = False
    medicare_second: bool = False
    """A working patient's plan has answered, and Medicare comes second."""


class Filer:
    """Draws visits, bills them and writes each claim into a file of its own."""

    def __init__(self, seed: int, prefix: str) -> None:
        """Start from a seed; claim numbers begin with `V` and the prefix."""
        self.maker = Maker(seed, prefix)
        self.control = ControlNumbers()

    def claims(self, wanted: Sequence[Filing]) -> list[Filed]:
        """One clean claim for each wish, in order."""
        found: dict[int, Filed] = {}
        for _ in range(40):
            open_ = [index for index in range(len(wanted)) if index not in found]
            if not open_:
                return [found[index] for index in range(len(wanted))]
            drawn = {index: self._case(wanted[index]) for index in open_}
            found |= self._filed({index: case for index, case in drawn.items() if case is not None})
        raise AssertionError("some wish of a claim cannot be met")

    def _case(self, wanted: Filing) -> Case | None:
        case = self.maker.case(replace(wanted.wish, billed=True))
        if wanted.medicare_second:
            return _medicare_second(case, self.maker)
        return answered(case, self.maker.rng) if wanted.second else case

    def _filed(self, cases: dict[int, Case]) -> dict[int, Filed]:
        """The last claim of each case that is ready to file."""
        found: dict[int, Filed] = {}
        days = sorted({case.as_of for case in cases.values()})
        for day in days:
            group = {index: case for index, case in cases.items() if case.as_of == day}
            people = {patient.id: patient for case in group.values() for patient in case.patients}
            visits = sorted(
                (visit for case in group.values() for visit in case.visits), key=lambda v: (v.date_of_service, v.id)
            )
            clinic = next(iter(group.values())).clinic
            billed = bill(clinic, people, visits, as_of=day, packs=packs())
            ready = {item.key: item.parts for item in billed.claims if item.state is ClaimState.READY}
            for index, case in group.items():
                parts = ready.get(case.visits[-1].id, ())
                if len(parts) == 1:
                    found[index] = self._written(parts[0], case)
        return found

    def _written(self, claim: Claim, case: Case) -> Filed:
        payer = claim.payer
        created = datetime.combine(case.as_of, time(9))
        data = write_837p(
            [_named(claim)],
            submitter=case.clinic.submitter,
            receiver_name=payer.name,
            receiver_id=payer.identifier,
            control=self.control,
            created=created,
        )
        return Filed(ClaimText.of(data), payer.pack, case.visits[-1].date_of_service, case.as_of)


def _named(claim: Claim) -> Claim:
    """The claim with its payers under the names of their payer files."""
    label = packs()[claim.payer.pack].label if claim.payer.pack in packs() else payers.get(claim.payer.pack).label
    return claim.model_copy(update={"payer": claim.payer.model_copy(update={"name": label})})


def _medicare_second(case: Case, maker: Maker) -> Case | None:
    """A Medicare case whose working patient's plan comes first and has answered."""
    if len(case.patient.coverages) > 1:
        return None
    (medicare,) = case.patient.coverages
    plan = Coverage(
        payer="larkspur_mutual", payer_name="Larkspur Mutual", payer_identifier="SYNLM01",
        member_id=f"LM88{case.patient.id[-5:]}", authorizations=(),
    )  # fmt: skip
    second = medicare.model_copy(update={"order": CoverageOrder.SECONDARY, "medicare_secondary_type": "12"})
    patient = case.patient.model_copy(update={"coverages": (plan, second)})
    return answered(replace(case, patients=(patient, *case.patients[1:])), maker.rng)
