"""Stored documents: told by their bytes, sealed, downloaded and never shown, written down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from cleanclaim.practice.models import Clinic, Document, Patient, Role, TrailEntry
from cleanclaim.practice.pages.document_form import MOST_BYTES
from cleanclaim.practice.pages.document_kinds import media_type_of

_PDF = b"%PDF-1.7\n" + b"colewood " * 20


def _new() -> str:
    return f"/c/millrace/patients/{Patient.objects.get(number='P101').pk}/documents/new/"


def _entered(data: bytes = _PDF, **changes: str) -> dict[str, object]:
    file = SimpleUploadedFile("colewood-order.exe", data, content_type="text/html")
    return {"file": file, "kind": "order", "dated": "2026-08-28", "title": "fax", **changes}


@pytest.mark.parametrize(
    ("data", "media"),
    [
        (b"%PDF-1.7", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n0", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"<html>%PDF-", ""),
        (b"MZ", ""),
        (b"GIF89a", ""),
        (b"", ""),
    ],
)
def test_a_file_is_what_its_first_bytes_say(data: bytes, media: str) -> None:
    assert media_type_of(data) == media


def test_a_document_is_sealed_and_comes_back_as_a_download(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    del inside
    client = as_role(Role.FRONT_DESK)
    assert client.post(_new(), _entered()).status_code == 302
    held = Document.objects.get()
    assert (held.kind, held.media_type, held.size, held.dated) == (
        "order",
        "application/pdf",
        len(_PDF),
        date(2026, 8, 28),
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT content, title FROM practice_document")
        content, title = (bytes(value) for value in cursor.fetchone())
    assert b"colewood" not in content
    assert b"fax" not in title
    answer = as_role(Role.THERAPIST).get(f"/c/millrace/documents/{held.pk}/")
    assert answer.content == _PDF
    assert answer["Content-Disposition"] == 'attachment; filename="order-2026-08-28.pdf"'
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert (answer["Cache-Control"], answer["Content-Security-Policy"]) == ("no-store", "sandbox; default-src 'none'")
    entries = [(one.action, one.detail) for one in TrailEntry.objects.filter(subject="document").order_by("sequence")]
    assert entries == [("create", f"order, {len(_PDF)} bytes"), ("read", "order")]


@pytest.mark.parametrize(
    ("entered", "words"),
    [
        (_entered(b"MZ" + b"0" * 50), "Expected a PDF, PNG or JPEG"),
        (_entered(kind=""), "This field is required."),
        ({"kind": "order"}, "This field is required."),
    ],
)
def test_a_document_that_is_refused(
    as_role: Callable[[Role], Client], inside: Clinic, entered: dict[str, object], words: str
) -> None:
    del inside
    answer = as_role(Role.FRONT_DESK).post(_new(), entered)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Document.objects.count() == 0


@pytest.mark.parametrize(("size", "status"), [(MOST_BYTES, 302), (MOST_BYTES + 1, 422)])
def test_ten_megabytes_are_the_most(as_role: Callable[[Role], Client], inside: Clinic, size: int, status: int) -> None:
    del inside
    answer = as_role(Role.FRONT_DESK).post(_new(), _entered(b"%PDF-".ljust(size, b"0")))
    assert answer.status_code == status
    assert Document.objects.count() == (status == 302)


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.OWNER, 302), (Role.BILLER, 302), (Role.FRONT_DESK, 403), (Role.THERAPIST, 403), (Role.AUDITOR, 403)],
)
def test_who_may_remove_a_document(as_role: Callable[[Role], Client], inside: Clinic, role: Role, status: int) -> None:
    del inside
    as_role(Role.FRONT_DESK).post(_new(), _entered())
    held = Document.objects.get()
    assert as_role(role).post(f"/c/millrace/documents/{held.pk}/remove/").status_code == status
    assert Document.objects.count() == (status == 403)
    assert TrailEntry.objects.filter(action="delete", subject="document").count() == (status == 302)


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.ASSISTANT, Role.AUDITOR])
def test_who_may_not_store_one(as_role: Callable[[Role], Client], inside: Clinic, role: Role) -> None:
    del inside
    assert as_role(role).post(_new(), _entered()).status_code == 403
    assert Document.objects.count() == 0


def test_a_document_of_another_clinic_is_not_there(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    del inside
    as_role(Role.FRONT_DESK).post(_new(), _entered())
    key = Document.objects.get().pk
    assert as_role(Role.OWNER).get(f"/c/elsewhere/documents/{key}/").status_code == 404
