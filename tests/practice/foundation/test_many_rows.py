"""Thousands of rows are written and found with few statements, and say what they would have said one by one."""

from __future__ import annotations

import threading
import time
from uuid import RFC_4122, UUID

import pytest
from django.db import IntegrityError, connection, transaction

from cleanclaim.practice import many_rows, tenancy
from cleanclaim.practice.ahead import sent_ahead
from cleanclaim.practice.many_keys import among
from cleanclaim.practice.models import ClaimAnswer, Clinic, Patient, Remittance, RemittanceFile, Role, User
from cleanclaim.practice.sealing import Plain
from tests.practice.conftest import DAY, person

TEXTS = ("plain", 'a "quoted" word', "back\\slash", "a, b", "{braces}", "NULL", "", "Ünïcode", "one'quote", "100%s")
COLUMNS = (
    "remittance_id", "segment", "claim_id", "state", "status_code", "charge_cents", "paid_cents", "given_up_cents",
    "patient_cents", "open_cents", "refused_cents", "reasons", "remarks", "order", "posted", "control_number",
    "payer_control_number", "held_because", "found_by", "forwarded_to", "answer",
)  # fmt: skip


@pytest.fixture
def payment(inside: Clinic) -> Remittance:
    biller: User = person(inside, Role.BILLER)
    file = RemittanceFile.objects.create(
        clinic=inside, content=Plain(b"ISA"), sha256="0" * 64, size=3, read_by=biller
    )  # fmt: skip
    row: Remittance = Remittance.objects.create(
        clinic=inside, key="k", payer_name="Payer", trace_number="T", paid_on=DAY, amount_cents=0, file=file,
        posted_by=biller,
    )  # fmt: skip
    return row


def values(payment: Remittance, segment: int, text: str) -> tuple[object, ...]:
    """An answer's columns with a text wherever one may stand."""
    return (
        payment.pk, segment, None, "held", "1", segment, -segment, 0, 0, 0, 0, [["CO", text, 5]], [text], "primary", [],
        text, text, text, text, text, Plain(b'{"said":"\\u00fc"}'),
    )  # fmt: skip


def test_every_value_comes_back_as_it_was(inside: Clinic, payment: Remittance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many_rows, "PIECE", 3)
    many_rows.insert(
        ClaimAnswer, inside, COLUMNS, (values(payment, place, text) for place, text in enumerate(TEXTS, start=1))
    )
    rows = list(ClaimAnswer.objects.order_by("segment"))
    assert [row.control_number for row in rows] == list(TEXTS)
    assert [row.reasons for row in rows] == [[["CO", text, 5]] for text in TEXTS]
    assert [row.remarks for row in rows] == [[text] for text in TEXTS]
    assert [(row.charge_cents, row.paid_cents) for row in rows] == [(n, -n) for n in range(1, len(TEXTS) + 1)]
    assert {row.answer["said"] for row in rows} == {"ü"}
    assert {(row.clinic_id, row.remittance_id, row.claim_id, row.version) for row in rows} == {
        (inside.pk, payment.pk, None, 1)
    }
    assert len({row.created_at for row in rows}) == 1
    assert {row.pk.version for row in rows} == {7}


def test_a_row_is_sealed_into_its_own_place(inside: Clinic, payment: Remittance) -> None:
    first, second = keys = many_rows.new_keys(2)
    rows = [values(payment, 1, "a"), values(payment, 2, "b")]
    many_rows.insert(ClaimAnswer, inside, COLUMNS, rows, keys=keys)
    with connection.cursor() as cursor:
        cursor.execute("SELECT answer FROM practice_claimanswer ORDER BY segment")
        sealed = [bytes(answer) for (answer,) in cursor.fetchall()]
    assert all(b"said" not in one for one in sealed)
    assert sealed[0] != sealed[1]
    assert ClaimAnswer.objects.get(pk=UUID(first)).answer == {"said": "ü"}
    assert ClaimAnswer.objects.get(pk=UUID(second)).segment == 2


def test_rows_of_a_clinic_outside_the_scope_are_not_written(
    inside: Clinic, elsewhere: Clinic, payment: Remittance
) -> None:
    with pytest.raises(tenancy.OutOfScopeError):
        many_rows.insert(ClaimAnswer, elsewhere, COLUMNS, [values(payment, 1, "a")])
    assert inside.pk != elsewhere.pk
    assert not ClaimAnswer.objects.exists()


def test_what_was_sent_ahead_is_refused_with_its_block(inside: Clinic, payment: Remittance) -> None:
    key = many_rows.new_keys(1)

    def twice_under_one_key() -> None:
        with transaction.atomic(), sent_ahead():
            many_rows.insert(ClaimAnswer, inside, COLUMNS, [values(payment, 1, "a")], keys=key)
            many_rows.insert(ClaimAnswer, inside, COLUMNS, [values(payment, 2, "b")], keys=key)

    with pytest.raises(IntegrityError):
        twice_under_one_key()
    assert not ClaimAnswer.objects.exists()


def test_what_is_read_in_a_block_is_read_behind_what_was_sent(inside: Clinic, payment: Remittance) -> None:
    rows = [values(payment, place, text) for place, text in enumerate(TEXTS * 50, start=1)]
    counts = []
    with transaction.atomic(), sent_ahead():
        for begun in range(0, len(rows), 100):
            many_rows.insert(ClaimAnswer, inside, COLUMNS, rows[begun : begun + 100])
            counts.append(ClaimAnswer.objects.count())
        many_rows.insert(ClaimAnswer, inside, COLUMNS, [values(payment, len(rows) + 1, "last")])
    assert counts == [100, 200, 300, 400, 500]
    assert ClaimAnswer.objects.count() == len(rows) + 1


def test_a_refusal_is_raised_before_anything_is_read(inside: Clinic, payment: Remittance) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite sends nothing ahead")
    key = many_rows.new_keys(1)
    read = []

    def reads_on() -> None:
        with transaction.atomic(), sent_ahead():
            many_rows.insert(ClaimAnswer, inside, COLUMNS, [values(payment, 1, "a")], keys=key)
            many_rows.insert(ClaimAnswer, inside, COLUMNS, [values(payment, 2, "b")], keys=key)
            read.append(Patient.objects.count())

    with pytest.raises(IntegrityError):
        reads_on()
    assert read == []
    assert not ClaimAnswer.objects.exists()


def test_who_breaks_off_leaves_nothing_written(inside: Clinic, payment: Remittance) -> None:
    rows = [values(payment, place, "a") for place in range(1, 201)]

    def breaks_off() -> None:
        with transaction.atomic(), sent_ahead():
            for row in rows:
                many_rows.insert(ClaimAnswer, inside, COLUMNS, [row])
            raise LookupError("the program")

    before = threading.active_count()
    with pytest.raises(LookupError, match="the program"):
        breaks_off()
    assert threading.active_count() == before
    assert not ClaimAnswer.objects.exists()
    with transaction.atomic(), sent_ahead():
        many_rows.insert(ClaimAnswer, inside, COLUMNS, rows)
    assert ClaimAnswer.objects.count() == len(rows)


def test_keys_rise_and_none_is_made_twice() -> None:
    first = many_rows.new_keys(500)
    time.sleep(0.002)
    second = many_rows.new_keys(500)
    assert [*first, *second] == sorted({*first, *second})
    assert {UUID(key).version for key in first} == {7}
    assert {UUID(key).variant for key in first} == {RFC_4122}
    assert {len(key) for key in first} == {32}


def test_a_link_to_nothing_is_found_when_it_is_asked_for(inside: Clinic, payment: Remittance) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite asks at the end of the transaction")
    rows = [(UUID(int=1), *values(payment, 1, "a")[1:])]

    def names_no_payment() -> None:
        with transaction.atomic(), sent_ahead():
            many_rows.insert(ClaimAnswer, inside, COLUMNS, rows)
            many_rows.check_links()

    with pytest.raises(IntegrityError):
        names_no_payment()


def test_rows_are_found_by_keys_links_and_texts(inside: Clinic, payment: Remittance) -> None:
    many_rows.insert(
        ClaimAnswer, inside, COLUMNS, (values(payment, place, text) for place, text in enumerate(TEXTS, start=1))
    )
    rows = ClaimAnswer.objects.order_by("segment")
    for text in TEXTS:
        assert rows.get(among("control_number", [text])).control_number == text
    wanted = [row.pk for row in rows[:4]]
    assert [row.pk for row in rows.filter(among("pk", [*wanted, UUID(int=1)]))] == wanted
    assert rows.filter(among("remittance", [payment.pk])).count() == len(TEXTS)
    assert rows.filter(among("remittance", [UUID(int=1)])).count() == 0
    assert rows.filter(among("pk", [])).count() == 0
    assert not Patient.objects.filter(among("number", [str(number) for number in range(40_000)])).exists()
