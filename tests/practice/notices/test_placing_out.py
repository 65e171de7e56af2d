"""Collections: only what may go goes, once, with as little as an agency needs; everything else says why it stays."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client

from cleanclaim.practice.engine.claims.filing import give_to_patient
from cleanclaim.practice.engine.patients import placing_out as engine
from cleanclaim.practice.models import Claim, Clinic, CollectionPlacement, Patient, Role, Statement, StatementRun, User
from cleanclaim.practice.sealing import Plain
from cleanclaim.receivables.placements import Keeps

DAY = date(2026, 9, 25)
RULE = {"least_cents": 2_500, "statements": 3}


@pytest.fixture
def debtor(inside: Clinic, biller: User) -> Patient:
    """A patient who was given a superbill of 185.00 and three statements."""
    claim = Claim.objects.select_related("patient").get(patient__number="P133")
    give_to_patient(claim.pk, biller)
    paper = {"content": Plain(b"%PDF-"), "sha256": "0" * 64, "made_by": biller, "issued_on": DAY, "total_cents": 18_500}
    for number in ("S-1", "S-2", "S-3"):
        run = StatementRun.objects.create(clinic=inside, statements_count=1, **paper)
        Statement.objects.create(
            clinic=inside, number=number, patient=claim.patient, run=run, due_on=DAY, lines_count=1, **paper
        )
    found: Patient = claim.patient
    return found


def keeps(clinic: Clinic, **changes: int) -> list[tuple[str, int, tuple[Keeps, ...]]]:
    found = engine.candidates(clinic, **(RULE | changes))
    return [(one.patient.number, one.cents, one.keeps) for one in found]


@pytest.mark.usefixtures("debtor")
def test_the_clinics_rule_decides(inside: Clinic) -> None:
    assert keeps(inside) == [("P133", 18_500, ())]
    assert keeps(inside, statements=4) == [("P133", 18_500, (Keeps.FEW_STATEMENTS,))]
    assert keeps(inside, least_cents=18_500) == [("P133", 18_500, ())]
    assert keeps(inside, least_cents=18_501) == [("P133", 18_500, (Keeps.SMALL,))]


def test_placed_once_recalled_disputed_and_settled(inside: Clinic, biller: User, debtor: Patient) -> None:
    text = engine.place(inside, biller, [debtor.pk], "Agency", **RULE)

    (row,) = csv.DictReader(io.StringIO(text))
    assert list(row) == list(engine.COLUMNS)
    assert (row["account"], row["family_name"], row["balance"], row["statements_sent"]) == (
        "P133", "Warren", "185.00", "3",
    )  # fmt: skip
    for secret in (debtor.birth_date.isoformat(), "97161", "M25"):
        assert secret not in text
    assert keeps(inside) == [("P133", 18_500, (Keeps.PLACED,))]
    with pytest.raises(engine.NotPlacedError, match="P133 stays: it is with an agency already"):
        engine.place(inside, biller, [debtor.pk], "Agency", **RULE)
    assert CollectionPlacement.objects.count() == 1

    engine.recall(inside, debtor, "paid")
    engine.dispute(inside, biller, debtor, "says it was never done")
    assert keeps(inside) == [("P133", 18_500, (Keeps.DISPUTED,))]
    with pytest.raises(engine.NotPlacedError, match="expected a reason, and no dispute"):
        engine.dispute(inside, biller, debtor, "again")
    engine.settle(inside, debtor, "agreed")
    assert keeps(inside) == [("P133", 18_500, ())]


def test_of_several_none_goes_where_one_may_not(inside: Clinic, biller: User, debtor: Patient) -> None:
    other = Claim.objects.select_related("patient").get(patient__number="P134")
    give_to_patient(other.pk, biller)

    with pytest.raises(engine.NotPlacedError, match="P134 stays: too few statements"):
        engine.place(inside, biller, [debtor.pk, other.patient_id], "Agency", **RULE)
    with pytest.raises(engine.NotPlacedError, match="expected an agency, and patients of this list"):
        engine.place(inside, biller, [debtor.pk, uuid4()], "Agency", **RULE)
    assert CollectionPlacement.objects.count() == 0


def test_a_biller_places_by_the_page_and_an_auditor_only_looks(
    as_role: Callable[[Role], Client], debtor: Patient
) -> None:
    sent = {"patient": str(debtor.pk), "agency": "Agency", "statements": "3", "least": "25.00"}
    client = as_role(Role.AUDITOR)
    assert "may be placed" in client.get("/c/millrace/collections/").content.decode()
    assert client.post("/c/millrace/collections/place/", sent).status_code == 403
    assert client.post(f"/c/millrace/collections/{debtor.pk}/", {"what": "dispute", "because": "x"}).status_code == 403
    for role in (Role.FRONT_DESK, Role.THERAPIST):
        assert as_role(role).get("/c/millrace/collections/").status_code == 403
    client = as_role(Role.BILLER)
    assert client.post("/c/millrace/collections/place/", sent | {"agency": ""}).status_code == 302
    assert CollectionPlacement.objects.count() == 0

    answer = client.post("/c/millrace/collections/place/", sent)

    assert answer["Content-Disposition"] == 'attachment; filename="placed-2026-09-25.csv"'
    assert CollectionPlacement.objects.get().cents == 18_500
    client.post(f"/c/millrace/collections/{debtor.pk}/", {"what": "recall", "because": "paid"})
    assert CollectionPlacement.objects.get().recalled_on == DAY
