"""What is sealed can be read in its own place by its own key, and nowhere else."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection

from cleanclaim.practice import keys
from cleanclaim.practice.models import Clinic, Coverage, Patient, Visit
from cleanclaim.practice.sealing import UnsealError, key_number, seal, unseal

PLACE = "clinic|table|row|field"


def stored(table: str, column: str, key: UUID) -> bytes:
    """The bytes as the database holds them."""
    with connection.cursor() as cursor:
        own = key.hex if connection.vendor == "sqlite" else key
        cursor.execute(f"SELECT {column} FROM {table} WHERE id = %s", [own])  # noqa: S608 - names of the test itself
        return bytes(cursor.fetchone()[0])


def test_a_value_opens_in_its_place_only() -> None:
    sealed = seal(b"1EG4TE5MK01", PLACE)
    assert unseal(sealed, PLACE) == b"1EG4TE5MK01"
    assert b"1EG4" not in sealed
    assert len(sealed) == 3 + 12 + 11 + 16
    for other in ("other|table|row|field", "clinic|table|row2|field", "clinic|table|row|field2"):
        with pytest.raises(UnsealError, match="does not open"):
            unseal(sealed, other)


def test_the_same_text_is_never_sealed_to_the_same_bytes() -> None:
    assert len({seal(b"same", PLACE) for _ in range(50)}) == 50


@pytest.mark.parametrize("place", [0, 3, 14, 20, -1])
def test_a_changed_byte_does_not_open(place: int) -> None:
    sealed = bytearray(seal(b"a note", PLACE))
    sealed[place] ^= 1
    with pytest.raises(UnsealError):
        unseal(bytes(sealed), PLACE)


def test_a_message_names_the_field_and_no_value() -> None:
    with pytest.raises(UnsealError, match=r"^table\.field: not a sealed value$"):
        unseal(b"Colewood", PLACE)


def test_notes_and_member_ids_are_sealed_in_the_database(inside: Clinic) -> None:
    coverage = Coverage.objects.exclude(member_id=None)[0]
    assert coverage.member_id.isascii()
    assert coverage.member_id.encode() not in stored("practice_coverage", "member_id", coverage.pk)
    visit = Visit.objects.exclude(note=None)[0]
    words = json.dumps(visit.note)[20:60].encode()
    assert words not in stored("practice_visit", "note", visit.pk)
    assert Visit.objects.get(pk=visit.pk).note == visit.note
    assert inside.pk == visit.clinic_id


def test_a_value_copied_into_another_row_does_not_open(inside: Clinic) -> None:
    first, second = Coverage.objects.exclude(member_id=None).order_by("id")[:2]
    sealed = stored("practice_coverage", "member_id", first.pk)
    with connection.cursor() as cursor:
        key = second.pk.hex if connection.vendor == "sqlite" else second.pk
        cursor.execute("UPDATE practice_coverage SET member_id = %s WHERE id = %s", [sealed, key])
    moved = Coverage.objects.get(pk=second.pk)
    with pytest.raises(UnsealError, match=r"practice_coverage\.member_id"):
        _ = moved.member_id
    assert inside.pk == first.clinic_id


def test_what_cannot_seal_is_refused(inside: Clinic) -> None:
    with pytest.raises(TypeError, match="written by saving its row"):
        Patient.objects.update(ssn="000-00-0000")
    assert inside.slug == "millrace"


def test_an_old_key_opens_what_it_sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEANCLAIM_FIELD_KEYS_FILE", str(tmp_path / "keys.json"))
    keys.read_field_keys.cache_clear()
    try:
        assert keys.make_field_keys()
        assert not keys.make_field_keys()
        old = seal(b"old", PLACE)
        assert keys.add_field_key() == 2
        new = seal(b"new", PLACE)
        assert (key_number(old), key_number(new)) == (1, 2)
        assert (unseal(old, PLACE), unseal(new, PLACE)) == (b"old", b"new")
        assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600
        (tmp_path / "keys.json").unlink()
        keys.read_field_keys.cache_clear()
        with pytest.raises(keys.KeyFileError, match="no field keys"):
            unseal(old, PLACE)
    finally:
        keys.read_field_keys.cache_clear()


@pytest.mark.parametrize(
    "text", ["", "[]", '{"newest": 1}', '{"newest": 2, "keys": {"1": "AAAA"}}', '{"newest":1,"keys":{"1":"AAAA"}}']
)
def test_a_file_that_holds_no_keys_is_named(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "keys.json"
    path.write_text(text)
    monkeypatch.setenv("CLEANCLAIM_FIELD_KEYS_FILE", str(path))
    keys.read_field_keys.cache_clear()
    try:
        with pytest.raises(keys.KeyFileError, match=r"keys\.json: not a file of field keys"):
            keys.read_field_keys()
    finally:
        keys.read_field_keys.cache_clear()
