"""Data out and in again: tables, the whole clinic and back, files of patients and visits."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cleanclaim.practice import tasks, tenancy
from cleanclaim.practice.engine.jobs import carrying, importing, tables
from cleanclaim.practice.engine.jobs.importing import What
from cleanclaim.practice.models import (
    ApiToken,
    Claim,
    Clinic,
    ClinicRow,
    Coverage,
    Document,
    Job,
    JobFile,
    Membership,
    Patient,
    Role,
    TrailEntry,
    User,
    Visit,
    VisitStatus,
)
from cleanclaim.practice.sealing import Plain

As = Callable[[Role], Client]


def owner() -> User:
    return User.objects.get(email="owner@millrace.example")


# --- tables ------------------------------------------------------------------------------------------------


def test_every_table_is_exported_or_left_out_for_a_reason() -> None:
    models = {one.__name__ for one in apps.get_app_config("practice").get_models() if issubclass(one, ClinicRow)}
    told = {table.model.__name__ for table in tables.tables().values()}
    assert told | set(tables.LEFT_OUT) == models
    assert not told & set(tables.LEFT_OUT)
    assert "ApiToken" in tables.LEFT_OUT


def test_a_table_as_csv_holds_each_row_and_runs_no_formula(inside: Clinic) -> None:
    patient = Patient.objects.order_by("pk")[0]
    patient.family_name, patient.ssn = "=1+1", "123-45-6789"
    patient.save()
    table = tables.tables()["patients"]
    read = list(csv.DictReader(io.StringIO("".join(tables.csv_lines(table, tables.rows_of(inside.pk, Patient))))))
    assert len(read) == Patient.objects.count()
    assert [row["id"] for row in read] == sorted(row["id"] for row in read)
    assert next(row for row in read if row["id"] == str(patient.pk))["family_name"] == "'=1+1"
    assert "ssn" not in read[0]
    assert "123-45-6789" not in "".join(tables.csv_lines(table, tables.rows_of(inside.pk, Patient)))


@pytest.mark.parametrize("text", ["=A1", "+1", "-1", "@sum", "\tx", "\rx"])
def test_each_beginning_of_a_formula_is_made_harmless(text: str) -> None:
    assert tables.cell(text) == f"'{text}"
    assert tables.cell(-5) == "-5"
    assert tables.cell("a=1") == "a=1"


def test_a_table_as_parquet_keeps_its_types(inside: Clinic) -> None:
    table = tables.tables()["claims"]
    frame = pl.read_parquet(io.BytesIO(tables.parquet(table, tables.rows_of(inside.pk, Claim))))
    assert frame.height == Claim.objects.count() > 0
    assert frame.schema["charge_cents"] == pl.Int64
    assert frame.schema["date_of_service"] == pl.Date
    assert frame.schema["first_passed"] == pl.Boolean
    claim = Claim.objects.exclude(charge_cents=None)[0]
    row = frame.row(by_predicate=pl.col("id") == str(claim.pk), named=True)
    assert (row["charge_cents"], row["number"]) == (claim.charge_cents, claim.number)
    assert json.loads(row["record"])["id"] == claim.number


@pytest.mark.parametrize("name", list(tables.tables()))
def test_every_table_can_be_written(inside: Clinic, name: str) -> None:
    table = tables.tables()[name]
    count = sum(1 for _line in tables.csv_lines(table, tables.rows_of(inside.pk, table.model)))
    assert count - 1 >= tables.count_of(table)
    frame = pl.read_parquet(io.BytesIO(tables.parquet(table, tables.rows_of(inside.pk, table.model))))
    assert frame.columns == [column.name for column in table.columns]


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.OWNER, 200), (Role.BILLER, 200), (Role.AUDITOR, 200), (Role.THERAPIST, 403), (Role.FRONT_DESK, 403)],
)
def test_only_who_may_export_does(as_role: As, role: Role, status: int) -> None:
    client = as_role(role)
    assert client.get("/c/millrace/exports/").status_code == status
    assert client.post("/c/millrace/exports/patients.csv").status_code == status


def test_a_download_is_posted_recorded_and_streamed(as_role: As, clinic: Clinic) -> None:
    client = as_role(Role.BILLER)
    assert client.get("/c/millrace/exports/visits.csv").status_code == 405
    assert client.post("/c/millrace/exports/visits.exe").status_code == 404
    assert client.post("/c/millrace/exports/api_tokens.csv").status_code == 404
    page = client.post("/c/millrace/exports/visits.csv")
    assert page["Content-Disposition"] == 'attachment; filename="millrace-visits-2026-09-25.csv"'
    lines = b"".join(page.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    with tenancy.scope([clinic.pk]):
        assert len(list(csv.reader(lines))) - 1 == Visit.objects.count()
        entry = TrailEntry.objects.order_by("-sequence")[0]
        assert (entry.action, entry.subject) == ("export", "visits")
    assert client.post("/c/millrace/exports/visits.parquet").content[:4] == b"PAR1"


# --- the whole clinic --------------------------------------------------------------------------------------


@pytest.fixture
def packed(inside: Clinic) -> Iterator[carrying.Packed]:
    """The sample clinic with a stored document and a token, as one file."""
    Document.objects.create(
        clinic=inside, patient=Patient.objects.all()[0], kind="card", media_type="image/png", size=4,
        content=Plain(b"\x89PNG"), stored_by=owner(),
    )  # fmt: skip
    ApiToken.objects.create(
        clinic=inside, membership=Membership.objects.filter(clinic=inside)[0], label="x", digest="f" * 64, scopes=[]
    )
    found = carrying.pack(inside)
    yield found
    found.file.close()


def contents(clinic: Clinic) -> dict[str, object]:
    """What two clinics must agree in, keys aside."""
    with tenancy.scope([clinic.pk]):
        counts = {table.name: table.model.objects.count() for table in carrying.carried()}
        visits = sorted(
            (visit.number, visit.patient.number, str(visit.note), str(visit.billed), str(visit.created_at))
            for visit in Visit.objects.select_related("patient")
        )
        claims = sorted(
            (one.number, one.visit.number, str(one.record)) for one in Claim.objects.select_related("visit")
        )
        policies = sorted(
            (one.patient.number, str(one.member_id)) for one in Coverage.objects.select_related("patient")
        )
        return {"counts": counts, "visits": visits, "claims": claims, "policies": policies}


def test_a_clinic_comes_back_whole_beside_itself(inside: Clinic, packed: carrying.Packed) -> None:
    clinic, counts = carrying.unpack(packed.file, inside.company, "millrace-again", owner())
    assert counts == packed.counts
    assert counts["visits"] > 50
    assert contents(clinic) == contents(inside)
    with tenancy.scope([clinic.pk]):
        assert Document.objects.get().content.data == b"\x89PNG"
        keys = {visit.pk for visit in Visit.objects.all()}
    assert not keys & {visit.pk for visit in Visit.objects.all()}
    assert [(one.user, one.role) for one in Membership.objects.filter(clinic=clinic)] == [(owner(), "owner")]
    assert (clinic.npi, clinic.locality) == (inside.npi, inside.locality)


def test_the_file_holds_no_secret_and_no_audit_log(packed: carrying.Packed) -> None:
    with zipfile.ZipFile(packed.file) as archive:
        names = set(archive.namelist())
        whole = b"".join(archive.read(name) for name in names)
    assert "trail_entries.jsonl" not in names
    assert b"f" * 64 not in whole
    assert b'"password"' not in whole


def damaged(packed: carrying.Packed, name: str, change: Callable[[bytes], bytes]) -> io.BytesIO:
    """The file with one of its parts changed."""
    found = io.BytesIO()
    with zipfile.ZipFile(packed.file) as archive, zipfile.ZipFile(found, "w") as other:
        for part in archive.namelist():
            data = archive.read(part)
            other.writestr(part, change(data) if part == name else data)
    found.seek(0)
    return found


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        (
            "visits.jsonl",
            lambda data: data.replace(b'"number":"', b'"number":"Z', 1),
            "visits.jsonl: expected the cont",
        ),
        ("visits.jsonl", lambda data: data.replace(b'"number"', b'"nummer"', 1), "visits.jsonl, row 1: number, nummer"),
        ("visits.jsonl", lambda data: data[:-1], "visits.jsonl: a row is cut off"),
        ("patients.jsonl", lambda data: b"{\n" + data, "patients.jsonl, row 1: expected JSON"),
        ("clinic.json", lambda data: data.replace(b"cleanclaim-clinic", b"something"), "clinic.json: expected format"),
        ("clinic.json", lambda _data: b"[]", "clinic.json: expected what a clinic's file begins with"),
    ],
)
def test_a_damaged_file_is_refused_and_nothing_is_written(
    inside: Clinic, packed: carrying.Packed, name: str, change: Callable[[bytes], bytes], said: str
) -> None:
    file = damaged(packed, name, change)
    with pytest.raises(carrying.CarriedFileError, match=said):
        carrying.unpack(file, inside.company, "again", owner())
    assert not Clinic.objects.filter(slug="again").exists()


def test_what_is_no_clinic_is_refused(inside: Clinic) -> None:
    for held in (b"", b"no zip", b"PK\x05\x06" + bytes(18)):
        with pytest.raises(carrying.CarriedFileError):
            carrying.unpack(io.BytesIO(held), inside.company, "again", owner())


def test_only_an_owner_takes_the_whole_clinic(as_role: As) -> None:
    for role, status in ((Role.BILLER, 403), (Role.AUDITOR, 403), (Role.OWNER, 302)):
        assert as_role(role).post("/c/millrace/exports/whole/").status_code == status


def _job_done(page: Any, clinic: Clinic) -> Job:
    """The job that a page has gone to, done as a worker does it."""
    key = page["Location"].rstrip("/").rpartition("/")[2]
    tasks.run_job.call(str(clinic.pk), key)
    with tenancy.scope([clinic.pk]):
        job: Job = Job.objects.get(pk=key)
    return job


def test_a_packed_clinic_is_downloaded_from_its_job_by_who_asked(as_role: As, clinic: Clinic) -> None:
    client = as_role(Role.OWNER)
    job = _job_done(client.post("/c/millrace/exports/whole/"), clinic)
    assert (job.status, job.done, job.total) == ("done", 1, 1)
    address = f"/c/millrace/jobs/{job.pk}/"
    assert "Download millrace-2026-09-25.cleanclaim.zip" in client.get(address).content.decode()
    page = client.post(f"{address}file/")
    data = b"".join(page.streaming_content)  # type: ignore[attr-defined]
    assert len(data) == job.result["bytes"] == int(page["Content-Length"])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert sum(json.loads(archive.read("clinic.json"))["counts"].values()) == job.result["rows"] > 500
    with tenancy.scope([clinic.pk]):
        entry = TrailEntry.objects.order_by("-sequence")[0]
    assert (entry.action, entry.subject, entry.subject_id) == ("export", "job", str(job.pk))
    assert as_role(Role.BILLER).post(f"{address}file/").status_code == 403
    with tenancy.scope([clinic.pk]):
        Job.objects.filter(pk=job.pk).update(asked_by=User.objects.get(email="biller@millrace.example"))
    client = as_role(Role.OWNER)
    assert client.post(f"{address}file/").status_code == 404
    assert "Download" not in client.get(address).content.decode()


def test_files_of_jobs_go_after_seven_days(as_role: As, clinic: Clinic) -> None:
    _job_done(as_role(Role.OWNER).post("/c/millrace/exports/whole/"), clinic)
    with tenancy.scope([clinic.pk]):
        (made,) = JobFile.objects.values_list("changed_at", flat=True)
    assert tasks.drop_old_files(now=made + tasks.FILES_KEPT) == 0
    assert tasks.drop_old_files(now=made + tasks.FILES_KEPT + timedelta(microseconds=1)) == 1


def test_a_clinics_file_becomes_a_clinic_of_the_company(as_role: As, inside: Clinic, packed: carrying.Packed) -> None:
    client = as_role(Role.OWNER)
    address = f"/company/{inside.company_id}/read/"
    bad = client.post(address, {"slug": "millrace", "file": SimpleUploadedFile("c.zip", b"x")})
    assert bad.status_code == 422
    data = packed.file.read()
    damaged = _job_done(client.post(address, {"slug": "copy", "file": SimpleUploadedFile("c.zip", data[:100])}), inside)
    assert (damaged.status, damaged.result) == ("failed", {"said": "expected the file of a clinic, a zip."})
    assert not Clinic.objects.filter(slug="copy").exists()
    said = client.get(f"/c/millrace/jobs/{damaged.pk}/").content.decode()
    assert "Nothing was written. Expected the file of a clinic, a zip." in said
    job = _job_done(client.post(address, {"slug": "copy", "file": SimpleUploadedFile("c.zip", data)}), inside)
    assert (job.status, job.result["rows"]) == ("done", sum(packed.counts.values()))
    assert not JobFile.objects.exists(), "what was read is kept no longer"
    assert 'href="/c/copy/setup/"' in client.get(f"/c/millrace/jobs/{job.pk}/").content.decode()
    assert client.get("/c/copy/figures/").status_code == 200
    assert Clinic.objects.get(slug="copy").sends_production is False
    assert as_role(Role.BILLER).post(address, {"slug": "copy2"}).status_code == 404


# --- in ----------------------------------------------------------------------------------------------------

PATIENTS = """id,family_name,given_name,birth_date,sex,line1,city,state,zip_code,payer,member_id
N1,Ashe,Nora,1950-02-03,F,1 Elm St,Peoria,IL,61602,medicare_b,1EG4TE5MK73
N2,Bell,Omar,1950-02-30,M,1 Elm St,Peoria,IL,61602,,
,Cole,Pia,1950-02-03,F,1 Elm St,Peoria,IL,61602,,

N1,Dane,Quin,1950-02-03,U,1 Elm St,Peoria,IL,61602,,
N4,Eads,Rita,1950-02-03,F,1 Elm St,Peoria,IL,61602,cash,,surplus
"""


def test_patients_of_a_csv_file_come_in_and_bad_rows_are_named(inside: Clinic) -> None:
    draft = importing.read("people.csv", PATIENTS, What.PATIENTS)
    assert [(row, patient.id) for row, patient in draft.patients] == [(2, "N1")]
    assert [(item.row, item.field) for item in draft.rejections] == [
        (3, "birth_date"),
        (4, "id"),
        (6, "id"),
        (7, "row"),
    ]
    assert all(item.file == "people.csv" for item in draft.rejections)
    assert "1950-02-30" not in " ".join(map(str, draft.rejections))
    before = Patient.objects.count()
    assert importing.bring_in(inside, draft, signed=False) == (1, [])
    assert Patient.objects.count() == before + 1
    coverage = Coverage.objects.get(patient__number="N1")
    assert (coverage.payer, coverage.member_id) == ("medicare_b", "1EG4TE5MK73")


def test_the_same_file_twice_brings_nothing_in_twice(inside: Clinic) -> None:
    importing.bring_in(inside, importing.read("p.csv", PATIENTS, What.PATIENTS), signed=False)
    again = importing.read("p.csv", PATIENTS, What.PATIENTS)
    assert again.count == 0
    assert [item.row for item in again.rejections] == [2, 3, 4, 6, 7]


def test_visits_come_in_as_drafts_or_locked(inside: Clinic) -> None:
    patient = Patient.objects.order_by("number")[0].number
    text = (
        "id,patient_id,date_of_service,therapist,diagnoses,codes,note\n"
        f'W1,{patient},2026-09-01,okafor,"M25.561, M17.11",97110-GPx2 97140-GP,Strength work\n'
        f"W2,{patient},2026-09-02,okafor,,97110x,\n"
        "W3,nobody,2026-09-02,okafor,,,Walked\n"
        f"W4,{patient},2026-09-03,nobody,,,Walked\n"
    )
    draft = importing.read("v.csv", text, What.VISITS)
    assert [visit.id for _row, visit in draft.visits] == ["W1"]
    assert [(item.row, item.key, item.field) for item in draft.rejections] == [
        (3, "W2", "codes"),
        (4, "W3", "patient_id"),
        (5, "W4", "therapist"),
    ]
    assert importing.bring_in(inside, draft, signed=True)[0] == 1
    visit = Visit.objects.get(number="W1")
    assert visit.status == VisitStatus.SIGNED.value
    assert visit.diagnoses == ["M25.561", "M17.11"]
    assert [(line["code"], line["modifiers"], line["units"]) for line in visit.billed] == [
        ("97110", ["GP"], 2),
        ("97140", ["GP"], 1),
    ]


def test_json_lines_are_read_like_the_engines_records(inside: Clinic) -> None:
    patient = Patient.objects.order_by("number")[0].number
    visit = {"id": "J1", "patient_id": patient, "date_of_service": "2026-09-01", "therapist": "okafor"}
    text = f"{json.dumps(visit)}\nnot json\n{json.dumps({**visit, 'id': 'J2', 'color': 'red'})}\n"
    draft = importing.read("v.jsonl", text, What.VISITS)
    assert [(row, one.id) for row, one in draft.visits] == [(1, "J1")]
    assert [item.row for item in draft.rejections] == [2, 3]
    assert importing.bring_in(inside, draft, signed=False) == (1, [])
    assert Visit.objects.get(number="J1").status == VisitStatus.DRAFT.value
    assert Visit.objects.get(number="J1").date_of_service == date(2026, 9, 1)


@pytest.mark.parametrize(
    ("name", "text", "field"),
    [
        ("x.pdf", "", "name"),
        ("x.csv", "id,shoe_size\n1,9\n", "shoe_size"),
        ("x.csv", "", "heading"),
        ("x.json", "{", "column 2"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(inside: Clinic, name: str, text: str, field: str) -> None:
    del inside
    draft = importing.read(name, text, What.PATIENTS)
    assert draft.count == 0
    assert [item.field for item in draft.rejections] == [field]


def test_a_preview_writes_nothing_and_the_second_step_does(as_role: As, clinic: Clinic) -> None:
    client = as_role(Role.OWNER)
    assert "optional" not in client.get("/c/millrace/imports/").content.decode()
    upload = SimpleUploadedFile("people.csv", PATIENTS.encode())
    shown = client.post("/c/millrace/imports/", {"what": "patients", "signed": "no", "file": upload})
    assert shown.status_code == 200
    with tenancy.scope([clinic.pk]):
        assert not Patient.objects.filter(number="N1").exists()
    told = {"what": "patients", "signed": "no", "name": "people.csv", "text": PATIENTS, "apply": "yes"}
    done = client.post("/c/millrace/imports/", told)
    assert "1 patient brought in" in done.content.decode()
    with tenancy.scope([clinic.pk]):
        assert Patient.objects.filter(number="N1").exists()


def test_a_large_file_is_read_and_brought_in_behind_the_page(
    as_role: As, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cleanclaim.practice.pages.imports.AT_ONCE", 0)
    monkeypatch.setattr("cleanclaim.practice.engine.jobs.import_jobs.PIECE", 2)
    rows = "".join(f"L{number},Ashe,Nora,1950-02-03,F,1 Elm St,Peoria,IL,61602,,\n" for number in range(5))
    upload = SimpleUploadedFile("people.csv", (PATIENTS + rows).encode())
    client = as_role(Role.OWNER)
    read = _job_done(client.post("/c/millrace/imports/", {"what": "patients", "signed": "no", "file": upload}), clinic)
    assert (read.status, read.result) == ("done", {"rows that can come in": 6, "problems": 4})
    shown = client.get(f"/c/millrace/jobs/{read.pk}/").content.decode()
    assert shown.count('<td class="num">') == 4
    with tenancy.scope([clinic.pk]):
        assert not Patient.objects.filter(number__in=["N1", "L0"]).exists()
    address = f"/c/millrace/imports/{read.pk}/bring-in/"
    assert as_role(Role.AUDITOR).post(address).status_code == 403
    client = as_role(Role.OWNER)
    job = _job_done(client.post(address), clinic)
    assert (job.status, job.done, job.total) == ("done", 6, 6)
    assert job.result == {"brought in": 6, "problems": 4}
    with tenancy.scope([clinic.pk]):
        assert Patient.objects.filter(number__in=["N1", *(f"L{number}" for number in range(5))]).count() == 6
        assert not JobFile.objects.filter(is_result=False).exists()
    again = client.post(address, follow=True).content.decode()
    assert "no longer kept: it was brought in" in again


@pytest.mark.parametrize(
    ("role", "status"), [(Role.OWNER, 200), (Role.BILLER, 200), (Role.AUDITOR, 403), (Role.THERAPIST, 403)]
)
def test_only_who_sets_up_brings_data_in(as_role: As, role: Role, status: int) -> None:
    assert as_role(role).get("/c/millrace/imports/").status_code == status
