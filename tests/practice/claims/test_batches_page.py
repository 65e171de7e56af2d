"""Files: what waits by payer, releasing, looking inside, downloading and printing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cleanclaim.practice.models import Batch, Claim, Clinic, Role, TrailEntry

AsRole = Callable[[Role], Client]
FILES = "/c/millrace/files/"
QUERIES = 11


def _released(client: Client, payer: str = "medicare_b") -> Batch:
    client.post(f"{FILES}release/", {"payer": payer})
    found: Batch = Batch.objects.get(payer=payer)
    return found


def test_one_payers_ready_claims_are_released(as_role: AsRole, inside: Clinic) -> None:
    client = as_role(Role.BILLER)
    ready = Claim.objects.filter(status="ready")
    own, all_ready = ready.filter(payer="medicare_b").count(), ready.count()
    batch = _released(client)
    assert batch.claims_count == own
    assert ready.count() == all_ready - own
    told = client.post(f"{FILES}release/", {"payer": "medicare_b"}, follow=True)
    assert [str(message) for message in told.context["messages"]] == [
        f"{batch.file_name}: {own} claims to Medicare Part B.",
        "No claim is ready to be released.",
    ]
    client.post(f"{FILES}release/")
    assert not ready.exists()
    assert inside.slug == "millrace"


def test_a_file_is_taken_as_it_was_made_and_that_is_written_down(as_role: AsRole, inside: Clinic) -> None:
    client = as_role(Role.BILLER)
    batch = _released(client)
    assert "not downloaded" in client.get(FILES).content.decode()
    told = client.post(f"{FILES}{batch.pk}/download/")
    assert told.content == batch.content.data
    assert told.headers["Content-Disposition"] == f'attachment; filename="{batch.file_name}"'
    first = Batch.objects.get(pk=batch.pk).downloaded_at
    assert first is not None
    client.post(f"{FILES}{batch.pk}/download/")
    assert Batch.objects.get(pk=batch.pk).downloaded_at == first
    entries = TrailEntry.objects.filter(action="export", subject="batch", subject_id=str(batch.pk))
    assert entries.count() == 2
    assert inside.slug == "millrace"


def test_a_file_shows_its_claims_content_and_forms(as_role: AsRole, inside: Clinic) -> None:
    client = as_role(Role.BILLER)
    batch = _released(client)
    page = client.get(f"{FILES}{batch.pk}/").content.decode()
    assert batch.sha256 in page
    assert page.count("Filed") == batch.claims_count
    assert "Envelope: who sends the file" in client.get(f"{FILES}{batch.pk}/content/").content.decode()
    forms = client.get(f"{FILES}{batch.pk}/forms.pdf")
    assert forms.content.startswith(b"%PDF-")
    assert forms.headers["Content-Disposition"].endswith('-cms1500.pdf"')
    assert inside.slug == "millrace"


@pytest.mark.parametrize(
    ("role", "read", "take"), [(Role.AUDITOR, 200, 403), (Role.OWNER, 200, 200), (Role.THERAPIST, 403, 403)]
)
def test_who_sees_and_takes_files(as_role: AsRole, inside: Clinic, role: Role, read: int, take: int) -> None:
    batch = _released(as_role(Role.BILLER))
    client = as_role(role)
    for more in ("", f"{batch.pk}/", f"{batch.pk}/content/", f"{batch.pk}/forms.pdf"):
        assert client.get(f"{FILES}{more}").status_code == read
    assert client.post(f"{FILES}{batch.pk}/download/").status_code == take
    assert client.get(f"{FILES}{batch.pk}/download/").status_code == 405
    assert inside.slug == "millrace"


def test_the_list_of_files_costs_the_same_whatever_it_holds(
    as_role: AsRole, inside: Clinic, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_role(Role.BILLER)
    _released(client)
    client.get(FILES)
    with django_assert_num_queries(QUERIES):
        client.get(FILES)
    client.post(f"{FILES}release/")
    assert Batch.objects.count() == 7
    client.get(FILES)
    with django_assert_num_queries(QUERIES):
        client.get(FILES)
    assert inside.slug == "millrace"
