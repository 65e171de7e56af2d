"""Backups hold every row and no key, come back whole on either engine, and not without the keys."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from cleanclaim.practice import backup, keys
from cleanclaim.practice.models import Clinic, Coverage, Patient, TrailHead, Visit

READ_BACK = """
import json, sys
from cleanclaim.practice import serving; serving.set_up()
from cleanclaim.practice import tenancy
from cleanclaim.practice.models import Clinic, Coverage, Patient, Visit
clinic = Clinic.objects.get(slug="millrace")
with tenancy.scope([clinic.id]):
    told = {
        "patients": Patient.objects.count(), "visits": Visit.objects.count(),
        "notes": sorted(str(v.note) for v in Visit.objects.exclude(note__isnull=True))[:3],
        "members": sorted(str(c.member_id) for c in Coverage.objects.all())[:3],
    }
print(json.dumps(told))
"""
BACKUP = "from cleanclaim.cli.main import run; import sys; run(['practice', 'backup', sys.argv[1]])"
RESTORE = "from cleanclaim.cli.main import run; import sys; run(['practice', 'restore', sys.argv[1]])"


class Elsewhere:
    """Another home, on SQLite, into which backups are brought back by the command."""

    def __init__(self, home: Path) -> None:
        self.home = home
        home.mkdir(mode=0o700)
        kept_out = ("CLEANCLAIM_DATABASE", "CLEANCLAIM_TEST_POSTGRES")
        self.environment = {name: value for name, value in os.environ.items() if name not in kept_out}
        self.environment["CLEANCLAIM_HOME"] = str(home)

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", program, *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)  # noqa: S603

    def read_back(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.run(READ_BACK).stdout)
        return told


@pytest.fixture
def another(tmp_path: Path) -> Elsewhere:
    return Elsewhere(tmp_path / "another")


def with_our_keys(other: Elsewhere) -> Elsewhere:
    shutil.copy(keys.field_keys_path(), other.home / "field-keys.json")
    return other


def expected(inside: Clinic) -> dict[str, Any]:
    del inside
    return {
        "patients": Patient.objects.count(),
        "visits": Visit.objects.count(),
        "notes": sorted(str(visit.note) for visit in Visit.objects.exclude(note__isnull=True))[:3],
        "members": sorted(str(one.member_id) for one in Coverage.objects.all())[:3],
    }


def test_a_backup_is_its_owners_and_says_what_it_holds(inside: Clinic, tmp_path: Path) -> None:
    path = tmp_path / "backup.zip"
    manifest = backup.write_backup(path, as_rows=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert manifest["rows"]["practice_patient"] == Patient.objects.count()
    assert manifest["rows"]["practice_clinic"] == 2
    assert manifest["keys"] == sorted(keys.read_field_keys().keys)
    heads = {str(head.clinic_id): [head.sequence, head.digest] for head in TrailHead.objects.all()}
    assert manifest["trail"] == heads
    assert str(inside.id) in manifest["trail"]
    with zipfile.ZipFile(path) as archive:
        assert json.loads(archive.read("manifest.json")) == manifest


def test_no_key_and_no_sealed_text_is_in_a_backup(inside: Clinic, tmp_path: Path) -> None:
    del inside
    backup.write_backup(tmp_path / "backup.zip", as_rows=True)
    visit = next(one for one in Visit.objects.all() if one.note)
    words = [str(text)[:30].encode() for text in visit.note.values() if isinstance(text, str) and len(text) > 30]
    assert words
    with zipfile.ZipFile(tmp_path / "backup.zip") as archive:
        held = b"".join(
            gzip.decompress(archive.read(name)) if name.endswith(".gz") else archive.read(name)
            for name in archive.namelist()
        )
    document = json.loads(keys.field_keys_path().read_text(encoding="utf-8"))
    assert not any(key.encode() in held for key in document["keys"].values())
    assert not any(word in held for word in words)


def test_a_file_that_is_there_is_not_replaced(inside: Clinic, tmp_path: Path) -> None:
    del inside
    path = tmp_path / "backup.zip"
    path.write_bytes(b"precious")
    with pytest.raises(backup.BackupError, match="never replaces one"):
        backup.write_backup(path)
    assert path.read_bytes() == b"precious"


def test_a_backup_that_fails_leaves_no_file(inside: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    del inside
    monkeypatch.setattr(backup, "_write_rows", lambda *_arguments: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        backup.write_backup(tmp_path / "backup.zip", as_rows=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_rows_come_back_whole_and_so_does_the_file_of_a_database(
    inside: Clinic, tmp_path: Path, another: Elsewhere
) -> None:
    path = tmp_path / "backup.zip"
    manifest = backup.write_backup(path, as_rows=True)
    done = with_our_keys(another).run(RESTORE, str(path))
    assert done.returncode == 0, done.stderr
    assert f"{sum(manifest['rows'].values()):,} rows are back" in done.stdout
    assert another.read_back() == expected(inside)
    again = another.run(RESTORE, str(path))
    assert again.returncode == 2
    assert "the database holds clinics" in " ".join(again.stderr.split())
    as_file = tmp_path / "file.zip"
    assert another.run(BACKUP, str(as_file)).returncode == 0
    with zipfile.ZipFile(as_file) as archive:
        assert sorted(archive.namelist()) == ["manifest.json", "practice.sqlite3"]
        assert json.loads(archive.read("manifest.json"))["rows"] == manifest["rows"]
    third = with_our_keys(Elsewhere(tmp_path / "third"))
    assert third.run(RESTORE, str(as_file)).returncode == 0
    assert third.read_back() == expected(inside)


def test_the_file_of_a_database_is_not_copied_inside_a_transaction(inside: Clinic, tmp_path: Path) -> None:
    del inside
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite is backed up as a file")
    with pytest.raises(backup.BackupError, match="inside a transaction"):
        backup.write_backup(tmp_path / "backup.zip")


@pytest.mark.slow
def test_without_the_keys_nothing_comes_back(inside: Clinic, tmp_path: Path, another: Elsewhere) -> None:
    del inside
    path = tmp_path / "backup.zip"
    backup.write_backup(path, as_rows=True)
    done = another.run(RESTORE, str(path))
    assert done.returncode == 2
    assert "no field keys" in " ".join(done.stderr.split())
    other_keys = {"newest": 1, "keys": {"1": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}}
    (another.home / "field-keys.json").write_text(json.dumps(other_keys), encoding="utf-8")
    done = another.run(RESTORE, str(path))
    assert done.returncode == 2
    assert "sealed with keys 1 of another file" in " ".join(done.stderr.split())
    assert "Nothing was brought back" in " ".join(done.stderr.split())
    assert not (another.home / "practice.sqlite3").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "not a backup: expected a zip archive"),
        ({}, "manifest.json is missing or damaged"),
        ({"manifest.json": "{"}, "manifest.json is missing or damaged"),
        ({"manifest.json": '{"format": "cleanclaim-practice/9"}'}, "a backup of the format 'cleanclaim-practice/9'"),
    ],
)
@pytest.mark.django_db
def test_what_is_no_backup_is_refused(tmp_path: Path, content: dict[str, str] | None, said: str) -> None:
    path = tmp_path / "backup.zip"
    if content is None:
        path.write_text("no zip")
    else:
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in content.items():
                archive.writestr(name, text)
    with pytest.raises(backup.BackupError, match=said):
        backup.restore_backup(path)
