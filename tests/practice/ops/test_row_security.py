"""What the database guards itself: past rows on both engines, clinics' rows on PostgreSQL even without the manager."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from cleanclaim.ledger import posting
from cleanclaim.ledger.entries import Source
from cleanclaim.practice import row_security, tenancy
from cleanclaim.practice.engine.ledger import ledger_rows
from cleanclaim.practice.models import (
    Addendum,
    BalanceMove,
    BankFile,
    Batch,
    BatchAnswer,
    Claim,
    ClaimEvent,
    Clinic,
    ClinicPayer,
    GoodFaithEstimate,
    Invoice,
    LedgerEntry,
    LedgerTransaction,
    Letter,
    Membership,
    PackFile,
    Patient,
    PayerAdjustment,
    Period,
    Provider,
    Receipt,
    ReceivedFile,
    Remittance,
    RemittanceFile,
    Role,
    Signature,
    Statement,
    StatementRun,
    TrailEntry,
    Transmission,
    User,
    Visit,
    WorkNote,
)
from cleanclaim.practice.sealing import Plain

IS_POSTGRES = connection.vendor == "postgresql"
on_postgres = pytest.mark.skipif(not IS_POSTGRES, reason="row-level security is PostgreSQL's: ./dev test --postgres")


# --- rows that are only ever added -----------------------------------------------------------------------


def kept_rows(clinic: Clinic) -> dict[str, tuple[object, str, object]]:
    """For each kept table a row, and a column with another value for it."""
    user = User.objects.order_by("email").first()
    visit = Visit.objects.order_by("number").first()
    assert visit is not None
    claim = Claim.objects.filter(visit=visit).first() or Claim.objects.create(
        clinic=clinic,
        number="K-1",
        visit=visit,
        patient=visit.patient,
        date_of_service=visit.date_of_service,
        status="held",
    )
    batch = Batch.objects.create(
        clinic=clinic, payer="medicare_b", payer_name="Medicare", interchange_control="999999991", file_name="a.837",
        content=Plain(b"ISA*"), sha256="0" * 64, claims_count=1, charge_cents=100,
    )  # fmt: skip
    entry = TrailEntry.objects.create(
        clinic=clinic, sequence=10**9, at=timezone.now(), action="read", subject="patient", digest="0" * 64
    )
    run = StatementRun.objects.create(
        clinic=clinic, issued_on=date(2026, 9, 25), statements_count=1, total_cents=100, content=Plain(b"%PDF"),
        sha256="0" * 64, made_by=user,
    )  # fmt: skip
    charge = posting.charge(
        "k", date(2026, 9, 25), Source("claim", "K-1", "0" * 64), "primary", [(f"{claim.pk}:K-1:1", 1)]
    )
    ledger_rows.write(clinic, user, [charge])
    file = RemittanceFile.objects.create(clinic=clinic, content=Plain(b"ISA*"), sha256="0" * 64, size=4, read_by=user)
    remittance = Remittance.objects.create(
        clinic=clinic, key="k" * 64, payer_name="P", trace_number="T", amount_cents=0, file=file, posted_by=user
    )
    written = LedgerTransaction.objects.get(key=charge.key)
    way = Transmission.objects.create(
        clinic=clinic, kind="270", file_name="a.270", content=Plain(b"ISA*"), interchange_control="999999991",
        group_control="1", made_by=user,
    )  # fmt: skip
    received = ReceivedFile.objects.create(
        clinic=clinic, name="a.999", content=Plain(b"ISA*"), sha256="0" * 64, size=4, read_by=user
    )
    answer = BatchAnswer.objects.create(
        clinic=clinic, file=received, transmission=way, segment=1, kind="999", control_number="1", outcome="A"
    )
    return {
        "practice_trailentry": (entry, "detail", "other"),
        "practice_claimevent": (ClaimEvent.objects.create(clinic=clinic, claim=claim, action="build"), "detail", "other"),
        "practice_signature": (
            Signature.objects.create(clinic=clinic, visit=visit, name="A B", credential="PT", signed_at=timezone.now()),
            "name",
            "other",
        ),
        "practice_addendum": (
            Addendum.objects.create(clinic=clinic, visit=visit, user=user, text="Later."), "text", b"other",
        ),
        "practice_batch": (batch, "sha256", "1" * 64),
        "practice_worknote": (
            WorkNote.objects.create(clinic=clinic, claim=claim, user=user, kind="call", text="In review."), "kind", "note",
        ),
        "practice_letter": (
            Letter.objects.create(
                clinic=clinic, claim=claim, step="appeal", cents=100, content=Plain(b"%PDF"), sha256="0" * 64, made_by=user
            ),
            "cents",
            200,
        ),
        "practice_transmission": (way, "file_name", "b.270"),
        "practice_receivedfile": (received, "sha256", "1" * 64),
        "practice_batchanswer": (answer, "outcome", "R"),
        "practice_remittancefile": (file, "sha256", "1" * 64),
        "practice_payeradjustment": (
            PayerAdjustment.objects.create(
                clinic=clinic, remittance=remittance, segment=9, reason="WO", reference="K-1", cents=100
            ),
            "cents",
            200,
        ),
        "practice_ledgertransaction": (written, "kind", "other"),
        "practice_ledgerentry": (LedgerEntry.objects.get(transaction=written, position=1), "cents", 2),
        "practice_receipt": (
            Receipt.objects.create(
                clinic=clinic, number="R1", patient=visit.patient, received_on=date(2026, 9, 25), cents=100,
                means="cash", taken_by=user, digest="0" * 64,
            ),
            "cents",
            200,
        ),
        "practice_balancemove": (
            BalanceMove.objects.create(
                clinic=clinic, patient=visit.patient, lines=[], cents=100, reason="other", moved_on=date(2026, 9, 25),
                moved_by=user,
            ),
            "cents",
            200,
        ),
        "practice_bankfile": (
            BankFile.objects.create(clinic=clinic, content=Plain(b"Date,"), sha256="0" * 64, size=5, read_by=user),
            "sha256",
            "1" * 64,
        ),
        "practice_statementrun": (run, "sha256", "1" * 64),
        "practice_statement": (
            Statement.objects.create(
                clinic=clinic, number="S1", patient=visit.patient, run=run, issued_on=date(2026, 9, 25),
                due_on=date(2026, 10, 25), total_cents=100, lines_count=1, content=Plain(b"%PDF"), sha256="0" * 64,
                made_by=user,
            ),
            "sha256",
            "1" * 64,
        ),
        "practice_period": (
            Period.objects.create(clinic=clinic, ends_on=date(2026, 8, 31), figures={}, closed_by=user),
            "ends_on",
            "2026-07-31",
        ),
        "practice_goodfaithestimate": (
            GoodFaithEstimate.objects.create(
                clinic=clinic, patient=visit.patient, number="E-1", reason="uninsured", trigger="requested",
                triggered_on=date(2026, 9, 25), main_service="therapy", begins_on=date(2026, 9, 25),
                ends_on=date(2026, 9, 25), visits=1, per_week=1, items=[], cents=100, made_on=date(2026, 9, 25),
                made_by=user, content=Plain(b"%PDF"), sha256="0" * 64,
            ),
            "cents",
            200,
        ),
        "practice_invoice": (
            Invoice.objects.create(
                clinic=clinic, number="I-1", begins_on=date(2026, 8, 1), ends_on=date(2026, 8, 31),
                issued_on=date(2026, 9, 25), parts=[], collected_cents=0, fee_cents=0, content=Plain(b"%PDF"),
                sha256="0" * 64, made_by=user,
            ),
            "fee_cents",
            100,
        ),
    }  # fmt: skip


def test_every_kept_table_is_tried(inside: Clinic) -> None:
    assert {kept.table for kept in row_security.KEPT} == set(kept_rows(inside))


@pytest.mark.parametrize("table", [kept.table for kept in row_security.KEPT])
def test_a_kept_row_is_neither_changed_nor_removed(table: str, inside: Clinic) -> None:
    row, column, other = kept_rows(inside)[table]
    quoted = connection.ops.quote_name(column)
    key = row.pk if IS_POSTGRES else row.pk.hex  # type: ignore[attr-defined]
    for statement, values in (
        (f"UPDATE {table} SET {quoted} = %s WHERE id = %s", [other, key]),  # noqa: S608 - names of our own
        (f"DELETE FROM {table} WHERE id = %s", [key]),  # noqa: S608 - names of our own
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    assert type(row).objects.filter(pk=row.pk).count() == 1  # type: ignore[attr-defined]


def test_a_file_may_be_marked_as_downloaded(inside: Clinic) -> None:
    batch, _column, _other = kept_rows(inside)["practice_batch"]
    assert isinstance(batch, Batch)
    assert Batch.objects.filter(pk=batch.pk).update(downloaded_at=timezone.now()) == 1


@pytest.mark.django_db
def test_all_triggers_are_there() -> None:
    assert row_security.missing_triggers(connection) == []


def test_a_missing_trigger_is_named(inside: Clinic) -> None:
    del inside
    if IS_POSTGRES:
        pytest.skip("the app's role cannot drop a trigger, which is the point")
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER practice_signature_is_kept_removed")
    assert row_security.missing_triggers(connection) == ["practice_signature_is_kept_removed"]


# --- a clinic's rows -------------------------------------------------------------------------------------


@on_postgres
@pytest.mark.django_db
def test_every_table_of_clinics_is_guarded() -> None:
    tables = row_security.clinic_tables(apps)
    assert len(tables) >= 25
    assert row_security.unprotected_tables(connection, apps) == []


@on_postgres
@pytest.mark.django_db
def test_the_app_is_bound_and_owns_nothing() -> None:
    assert row_security.role_problems(connection) == []


def counted(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - a table's name
        (number,) = cursor.fetchone()
    return int(number)


@on_postgres
def test_without_a_scope_the_database_shows_nothing(clinic: Clinic) -> None:
    with tenancy.scope([clinic.id]):
        assert counted("practice_patient") == Patient.objects.count() > 0
    for table in row_security.clinic_tables(apps):
        if table not in row_security.READ_BY_ALL:
            assert counted(table) == 0, table


@on_postgres
def test_another_clinics_scope_shows_nothing_even_where_a_query_forgets_the_manager(elsewhere: Clinic) -> None:
    with tenancy.scope([elsewhere.id]):
        assert Patient.everywhere.count() == 0
        assert Visit.everywhere.update(place_of_service="12") == 0
        assert Provider.everywhere.all().delete()[0] == 0


@on_postgres
def test_a_nested_scope_ends_where_it_began(clinic: Clinic, elsewhere: Clinic) -> None:
    with tenancy.scope([clinic.id]):
        whole = counted("practice_visit")
        with tenancy.scope([elsewhere.id]):
            assert counted("practice_visit") == 0
        assert counted("practice_visit") == whole > 0


@on_postgres
def test_a_row_for_another_clinic_is_refused(clinic: Clinic, elsewhere: Clinic) -> None:
    with tenancy.scope([elsewhere.id]), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        ClinicPayer.everywhere.bulk_create([ClinicPayer(clinic=clinic, payer="medicare_b", name="Medicare")])


@on_postgres
def test_a_row_cannot_be_moved_to_another_clinic(inside: Clinic, elsewhere: Clinic) -> None:
    del inside
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        ClinicPayer.everywhere.update(clinic=elsewhere)


@on_postgres
def test_a_membership_is_read_without_a_scope_and_written_inside_one(clinic: Clinic, elsewhere: Clinic) -> None:
    assert Membership.objects.filter(clinic=clinic).count() > 0
    user = User.objects.create_user("new@millrace.example", name="New")
    with tenancy.scope([clinic.id]):
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Membership.objects.create(user=user, clinic=elsewhere, role=Role.OWNER.value)
        Membership.objects.create(user=user, clinic=clinic, role=Role.BILLER.value)
    assert Membership.objects.filter(user=user).update(role=Role.OWNER.value) == 0


@on_postgres
def test_a_clinic_is_changed_inside_its_scope_only(clinic: Clinic, elsewhere: Clinic) -> None:
    with tenancy.scope([clinic.id]):
        assert Clinic.objects.filter(pk=elsewhere.pk).update(name="Taken") == 0
        assert Clinic.objects.filter(pk=clinic.pk).update(name="Renamed") == 1


@on_postgres
def test_payer_files_are_their_companys(clinic: Clinic, elsewhere: Clinic) -> None:
    with tenancy.scope([clinic.id]):
        assert PackFile.objects.count() > 0
    with tenancy.scope([elsewhere.id]):
        assert PackFile.objects.count() == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            PackFile.objects.create(company=clinic.company, payer="medicare_b", text="")


@on_postgres
def test_what_is_no_clinics_key_shows_nothing(clinic: Clinic) -> None:
    del clinic
    with tenancy.scope([uuid.uuid4()]):
        assert Patient.everywhere.count() == 0


# --- granting --------------------------------------------------------------------------------------------


@on_postgres
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "said"), [("nobody_here", "there is none of that name"), ("postgres", "does not bind")]
)
def test_a_role_that_no_policy_binds_is_refused(role: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        row_security.grant(connection, role)
