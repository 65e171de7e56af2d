"""Keys are rotated in chunks that can be stopped, and every value opens before, meanwhile and after."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from cleanclaim.practice import keys, rotation, row_security
from cleanclaim.practice.models import Addendum, Batch, Clinic, Coverage, Patient, User, Visit
from cleanclaim.practice.sealing import Plain, UnsealError, key_number


@pytest.fixture
def own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the keys, which the test may add to."""
    path = tmp_path / "field-keys.json"
    path.write_bytes(keys.field_keys_path().read_bytes())
    monkeypatch.setenv("CLEANCLAIM_FIELD_KEYS_FILE", str(path))
    keys.read_field_keys.cache_clear()
    yield path
    monkeypatch.undo()
    keys.read_field_keys.cache_clear()


def as_owner() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")


def numbers() -> set[int]:
    found = set()
    for model, names in rotation.sealed_models():
        for row in model._default_manager.values_list(*names):
            found |= {key_number(bytes(value)) for value in row if value is not None}
    return found


def kept_rows(clinic: Clinic) -> tuple[Addendum, Batch]:
    user = User.objects.order_by("email").first()
    visit = Visit.objects.order_by("number").first()
    addendum = Addendum.objects.create(clinic=clinic, visit=visit, user=user, text="Later: the knee was warm.")
    batch = Batch.objects.create(
        clinic=clinic, payer="medicare_b", payer_name="Medicare", interchange_control="999999991", file_name="a.837",
        content=Plain(b"ISA*00*"), sha256="0" * 64, claims_count=1, charge_cents=100,
    )  # fmt: skip
    return addendum, batch


def told() -> list[tuple[str, ...]]:
    patients = [(str(one.pk), str(one.ssn)) for one in Patient.objects.order_by("pk")]
    visits = [(str(one.pk), str(one.note), str(one.interventions)) for one in Visit.objects.order_by("pk")]
    return [*patients, *visits, *((str(one.pk), str(one.member_id)) for one in Coverage.objects.order_by("pk"))]


def test_everything_is_sealed_anew_and_still_opens(inside: Clinic, own_keys: Path) -> None:
    del own_keys
    as_owner()
    addendum, batch = kept_rows(inside)
    before = told()
    assert numbers() == {1}
    assert keys.add_field_key() == 2
    chunks = list(rotation.reseal(chunk=7))
    assert max(chunk.rows for chunk in chunks) == 7
    assert numbers() == {2}
    assert rotation.left_with_old_keys() == {}
    assert told() == before
    assert Addendum.objects.get(pk=addendum.pk).text == "Later: the knee was warm."
    assert Batch.objects.get(pk=batch.pk).content.data == b"ISA*00*"


def test_a_rotation_that_was_stopped_goes_on(inside: Clinic, own_keys: Path) -> None:
    del inside, own_keys
    as_owner()
    keys.add_field_key()
    run = rotation.reseal(chunk=5)
    first = [next(run)]
    while not first[-1].values:
        first.append(next(run))
    run.close()
    left = rotation.left_with_old_keys()[1]
    second = list(rotation.reseal(chunk=5))
    assert sum(chunk.values for chunk in second) == left
    assert left > 0
    assert rotation.left_with_old_keys() == {}
    assert sum(chunk.values for chunk in rotation.reseal()) == 0


def test_second_factors_are_sealed_anew(inside: Clinic, own_keys: Path) -> None:
    del inside, own_keys
    user = User.objects.order_by("email")[0]
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    keys.add_field_key()
    assert rotation.reseal_second_factors() == 1
    stored = Authenticator.objects.get(user=user).data["secret"]
    assert key_number(base64.b64decode(stored)) == 2
    assert get_adapter().decrypt(stored) == secret
    assert rotation.reseal_second_factors() == 0


def test_kept_rows_are_kept_again_afterwards(inside: Clinic, own_keys: Path) -> None:
    del own_keys
    as_owner()
    addendum, _batch = kept_rows(inside)
    keys.add_field_key()
    list(rotation.reseal())
    assert row_security.missing_triggers(connection) == []
    with pytest.raises(DatabaseError), transaction.atomic():
        Addendum.objects.filter(pk=addendum.pk).update(changed_at=timezone.now())


def test_a_value_of_an_unknown_key_is_named_and_nothing_is_lost(inside: Clinic, own_keys: Path) -> None:
    as_owner()
    keys.add_field_key()
    held = keys.read_field_keys()
    own_keys.unlink()
    keys._write_keys(own_keys, keys.FieldKeys(2, {2: held.keys[2]}))
    keys.read_field_keys.cache_clear()
    with pytest.raises(UnsealError, match="sealed with key 1, which the file of keys does not hold"):
        list(rotation.reseal())
    assert numbers() == {1}
    del inside


def test_a_key_that_another_process_added_is_found(inside: Clinic, own_keys: Path) -> None:
    del inside
    as_owner()
    stale = keys.read_field_keys()
    keys.add_field_key()
    list(rotation.reseal())
    fresh = own_keys.read_text(encoding="utf-8")
    own_keys.unlink()
    keys._write_keys(own_keys, stale)
    keys.read_field_keys.cache_clear()
    keys.read_field_keys()
    own_keys.write_text(fresh, encoding="utf-8")
    assert all(isinstance(one.member_id, str | None) for one in Coverage.objects.all())


def test_what_seals_is_listed() -> None:
    names = {f"{model._meta.db_table}.{name}" for model, fields in rotation.sealed_models() for name in fields}
    assert {
        "practice_visit.note", "practice_visit.interventions", "practice_patient.ssn", "practice_coverage.member_id",
        "practice_document.content", "practice_addendum.text", "practice_batch.content", "practice_claim.record",
        "practice_claimfinding.message", "practice_planofcare.goals",
    } <= names  # fmt: skip
    kept = {item.table: item.sealed for item in row_security.KEPT if item.sealed}
    assert all(f"{table}.{column}" in names for table, column in kept.items())
