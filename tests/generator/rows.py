"""Clean claims as flat rows, the way a practice system exports them: one row a line, one claim a visit.

Cells are text. Every row of a claim says the same of the claim. Minutes stand beside each line, so that units can be
judged; who gave them is said by `by`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from cleanclaim.records import By, Visit
from tests.generator.clean import Case, Maker, Wish

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Flat:
    """Rows of one patient's claims, the claims that are judged, and the day of judgement."""

    rows: tuple[Row, ...]
    as_of: date
    payer: str

    @property
    def keys(self) -> tuple[str, ...]:
        """Numbers of the claims, in order."""
        return tuple(dict.fromkeys(row["claim"] for row in self.rows))

    def last(self) -> list[int]:
        """Places of the rows of the last claim."""
        return [index for index, row in enumerate(self.rows) if row["claim"] == self.keys[-1]]


def flat(case: Case) -> Flat | None:
    """The case as rows; `None` where a code stands on two lines, for minutes stand beside a code."""
    rows: list[Row] = []
    for visit in case.visits:
        made = _rows(case, visit)
        if made is None:
            return None
        rows += made
    return Flat(tuple(rows), case.as_of, case.payer)


def flats(maker: Maker, wishes: Sequence[Wish]) -> list[Flat]:
    """One clean case as rows for each wish."""
    return [a_flat(maker, wish) for wish in wishes]


def a_flat(maker: Maker, wish: Wish) -> Flat:
    """One clean case as rows."""
    mode = wish.mode or maker.rng.choice(("pt", "pt", "pta"))
    for _ in range(100):
        mark = len(maker.schedule.journal)
        made = flat(maker.case(replace(wish, billed=True, mode=mode)))
        if made is not None:
            return made
        maker.schedule.undo(mark)
    raise AssertionError(f"no rows fit {wish}")


def _rows(case: Case, visit: Visit) -> list[Row] | None:
    lines = visit.billed or ()
    done = {str(item.code): item for item in visit.interventions or ()}
    if len({line.code for line in lines}) < len(lines) or set(done) != {line.code for line in lines}:
        return None
    claim = _claim(case, visit)
    total = sum(line.charge_cents or 0 for line in lines)
    return [
        {
            **claim,
            "total_charge_cents": str(total),
            "code": line.code,
            "modifiers": " ".join(line.modifiers),
            "units": str(line.units),
            "charge_cents": str(line.charge_cents),
            "pointers": " ".join(str(place) for place in line.pointers or range(1, len(visit.diagnoses or ()) + 1)),
            "line_through": "",
            "minutes": str(done[line.code].minutes),
            "by": (done[line.code].by or By.PT).value,
            "group_size": str(done[line.code].group_size),
        }
        for line in lines
    ]


def _claim(case: Case, visit: Visit) -> Row:
    """What all rows of a visit's claim say."""
    patient, office = case.patient, case.clinic.organization
    coverage = patient.coverages[0]
    therapist = case.clinic.therapist(visit.therapist)
    (plan,) = patient.plans_of_care or ()
    assert therapist is not None
    assert plan.order is not None
    accident = patient.accident
    return {
        "claim": visit.id,
        "patient": patient.id,
        "date": visit.date_of_service.isoformat(),
        "payer": coverage.payer,
        "order": "primary",
        "payer_identifier": coverage.payer_identifier,
        "member_id": coverage.member_id,
        "relationship": "self",
        "in_network": "yes",
        "claim_number": coverage.claim_number,
        "employer": coverage.employer,
        "accident_kind": accident.kind.value if accident else "",
        "accident_on": accident.on.isoformat() if accident else "",
        "accident_state": "",
        "patient_family_name": patient.name.family_name,
        "patient_given_name": patient.name.given_name,
        "birth_date": patient.birth_date.isoformat(),
        "sex": patient.sex.value,
        "patient_street": patient.address.line1,
        "patient_city": patient.address.city,
        "patient_state": patient.address.state,
        "patient_zip": patient.address.zip_code,
        "patient_country": "",
        "discipline": "PT",
        "kind": (visit.kind or "treatment"),
        "pos": visit.place_of_service,
        "billing_npi": office.npi,
        "billing_name": office.name,
        "billing_is_person": "no",
        "billing_tax_id": office.tax_id,
        "billing_taxonomy": office.taxonomy,
        "billing_street": office.address.line1,
        "billing_city": office.address.city,
        "billing_state": office.address.state,
        "billing_zip": office.address.zip_code,
        "billing_country": "",
        "billing_phone": office.phone,
        "npi": therapist.npi or "",
        "rendering_credential": therapist.credential.value,
        "rendering_taxonomy": therapist.taxonomy,
        "rendering_family_name": therapist.name.family_name,
        "rendering_given_name": therapist.name.given_name,
        "treated_by": therapist.id,
        "supervising_npi": "",
        "referring_npi": plan.order.by.npi or "",
        "referring_credential": plan.order.by.credential.value,
        "referring_family_name": plan.order.by.name.family_name,
        "referring_given_name": plan.order.by.name.given_name,
        "has_order": "yes",
        "frequency_code": "1",
        "original_reference": "",
        "diagnoses": " ".join(visit.diagnoses or ()),
        "authorization_number": coverage.authorizations[0].number if coverage.authorizations else "",
        "has_authorization": "yes" if coverage.authorizations else "no",
        "onset_on": plan.onset_on.isoformat() if plan.onset_on else "",
        "under_home_health": "no",
    }
