"""Whether a therapist is enrolled with a payer on a day, as the clinic has entered it.

Nothing entered about a therapist and a payer says nothing: enrollment is unknown then, and never takes a claim back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from cleanclaim.practice.models import Claim, Enrollment

FIELD = "enrollment"
"""What a claim lacks whose therapist is not enrolled, as its gaps name it."""


class Enrolled:
    """The enrollments of the clinics in scope, read once."""

    def __init__(self, rows: Iterable[Enrollment]) -> None:
        self._of_payer: dict[tuple[UUID, str], list[Enrollment]] = defaultdict(list)
        for row in rows:
            self._of_payer[row.clinic_id, row.payer.payer].append(row)

    @classmethod
    def read(cls) -> Enrolled:
        """One query."""
        return cls(Enrollment.objects.select_related("payer"))

    def on(self, clinic: UUID, payer: str, identifier: str, day: date, *, provider: UUID | None = None) -> bool | None:
        """Whether somebody, or one provider, is enrolled on a day; `None` where nothing is entered.

        Args:
            clinic: whose enrollments.
            payer: the payer file that the payer is judged by.
            identifier: how claim files name the payer; an enrollment with a payer of another identifier does not count.
            day: the date of service.
            provider: one provider; anybody where not given.
        """
        own = [
            row
            for row in self._of_payer.get((clinic, payer), ())
            if provider in {None, row.provider_id} and (not identifier or row.payer.identifier in {"", identifier})
        ]
        if not own:
            return None
        return any(
            (row.valid_from is None or row.valid_from <= day)
            and (row.valid_through is None or day <= row.valid_through)
            for row in own
        )


def gap_of(claim: Claim, enrolled: Enrolled) -> list[dict[str, str]]:
    """What a claim lacks whose therapist is not enrolled on its day: one gap, as `Claim.gaps` holds them, or none."""
    identifier = claim.coverage.payer_identifier if claim.coverage is not None else ""
    visit = claim.visit
    found = enrolled.on(claim.clinic_id, claim.payer, identifier, claim.date_of_service, provider=visit.therapist_id)
    if found is not False:
        return []
    return [
        {
            "field": FIELD,
            "found": f"{visit.therapist} not enrolled with this payer on {claim.date_of_service}",
            "expected": "an enrollment in force on the date of service, entered in the set-up",
        }
    ]
