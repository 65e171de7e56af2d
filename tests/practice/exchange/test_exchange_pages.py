"""The pages of the exchange: who may see and do what, what a form refuses, and what a click does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cleanclaim.practice.engine.claims.outgoing import NotToBeSentError, it_arrived, send_by_connection
from cleanclaim.practice.engine.exchange.inquiring import ask_benefits
from cleanclaim.practice.engine.exchange.sending import Exchanged, ask_for_exchange, due_exchanges, run_exchange
from cleanclaim.practice.models import (
    Batch,
    Clinic,
    ConnectionKind,
    Coverage,
    ExchangeConnection,
    Job,
    ReceivedFile,
    Role,
    TrailEntry,
    Transmission,
    User,
)
from cleanclaim.practice.sealing import Plain
from cleanclaim.practice.tasks import ask_for_what_is_due
from tests.practice.exchange.conftest import Payer

AsRole = Callable[[Role], Client]
File = Callable[..., Batch]
Run = Callable[[], Exchanged]
SEES = {Role.OWNER, Role.BILLER, Role.AUDITOR}
WORKS = {Role.OWNER, Role.BILLER}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    ("name", "method", "allowed"),
    [
        ("exchange", "get", SEES),
        ("returned", "get", SEES),
        ("connection", "get", WORKS),
        ("exchange_now", "post", WORKS),
        ("received_read", "post", WORKS),
        ("returned_open", "post", WORKS),
        ("unanswered_ask", "post", WORKS),
        ("connection_test", "post", WORKS),
    ],
)
def test_each_role_sees_and_does_its_own(
    clinic: Clinic, as_role: AsRole, role: Role, name: str, method: str, allowed: set[Role]
) -> None:
    answer = getattr(as_role(role), method)(reverse(name, args=[clinic.slug]))
    assert answer.status_code == (403 if role not in allowed else 200 if method == "get" else 302)


def test_somebody_elses_clinic_is_not_there(elsewhere: Clinic, as_role: AsRole) -> None:
    assert as_role(Role.OWNER).get(reverse("exchange", args=[elsewhere.slug])).status_code == 404


def test_the_overview_asks_as_much_for_many_files_as_for_few(
    inside: Clinic, connected: ExchangeConnection, as_role: AsRole, biller: User
) -> None:
    client, address = as_role(Role.BILLER), reverse("exchange", args=[inside.slug])

    def made(number: int) -> None:
        Transmission.objects.create(
            clinic=inside, kind="270", file_name=f"q{number}", interchange_control=f"{900 + number:09d}",
            group_control=str(number), content=Plain(b"ISA"), made_by=biller, state="sent",
        )  # fmt: skip
        ReceivedFile.objects.create(
            clinic=inside, name=f"r{number}", content=Plain(b"ISA"), sha256=f"{number:064d}", size=3, kinds=["999"]
        )

    made(1)
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(2, 12):
        made(number)
    with CaptureQueriesContext(connection) as many:
        assert client.get(address).status_code == 200
    assert len(many.captured_queries) == len(few.captured_queries)
    del connected


def test_a_connection_by_folders_is_kept_tested_and_switched_on(inside: Clinic, folders: Path, as_role: AsRole) -> None:
    client = as_role(Role.BILLER)
    form = {"name": "Plains", "kind": "folder", "is_active": "on", "port": "22"}
    assert client.post(reverse("connection", args=[inside.slug]), form).status_code == 302
    row = ExchangeConnection.objects.get()
    assert (row.kind, row.is_active, row.set_up_by.name) == ("folder", True, "Marcus Doyle")
    page = client.post(reverse("connection_test", args=[inside.slug]), follow=True).content.decode()
    assert "It works: 0 files where claims go, 0 files where answers lie." in page
    assert sorted(path.name for path in (folders / "millrace").iterdir()) == ["in", "out"]


def test_files_are_addressed_to_the_clearinghouse_once_its_identifier_is_kept(
    inside: Clinic, connected: ExchangeConnection, file_claims: File, as_role: AsRole, biller: User
) -> None:
    [direct] = [file_claims(1).content.data.decode().split("~")]
    client, address = as_role(Role.OWNER), reverse("connection", args=[inside.slug])
    form = {"name": "Plains", "kind": "folder", "is_active": "on", "port": "22", "version": str(connected.version)}
    for changed, field in (
        ({"receiver_id": "p"}, "receiver_id"),
        ({"receiver_id": "33-0897513", "receiver_qualifier": "30"}, "receiver_id"),
        ({"receiver_id": "330897513", "receiver_qualifier": "XX"}, "receiver_qualifier"),
        ({"receiver_id": "330897513", "receiver_code": "P*"}, "receiver_code"),
        ({"receiver_code": "PLNS"}, "receiver_id"),
    ):
        answer = client.post(address, form | changed)
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    kept = {"receiver_id": " 330897513", "receiver_qualifier": "30", "receiver_code": "plns"}
    assert client.post(address, form | kept).status_code == 302
    connected.refresh_from_db()
    assert (connected.receiver_id, connected.receiver_qualifier, connected.receiver_code) == ("330897513", "30", "PLNS")

    [through] = [file_claims(1).content.data.decode().split("~")]
    assert direct[0].split("*")[7] == "ZZ"
    assert direct[1].split("*")[3] == direct[0].split("*")[8].strip() != "330897513"
    assert through[0].split("*")[7:9] == ["30", "330897513      "]
    assert through[1].split("*")[3] == "PLNS"
    assert [one for one in through if one.startswith("NM1*40*")] == ["NM1*40*2*Plains*****46*330897513"]
    assert {one for one in through if one.startswith("NM1*PR*")} == {one for one in direct if one.startswith("NM1*PR*")}

    coverage = Coverage.objects.select_related("patient").filter(payer="medicare_b").order_by("pk")[0]
    [asked] = ask_benefits(inside, [coverage], biller).files
    question = asked.content.data.decode().split("~")
    assert question[0].split("*")[7:9] == ["30", "330897513      "]
    assert asked.payer_name == coverage.payer_name
    page = client.get(reverse("exchange", args=[inside.slug])).content.decode()
    assert f"<td>270</td><td>{asked.payer_name}</td>" in page


def test_an_sftp_account_needs_a_host_a_name_and_something_to_sign_in_by(inside: Clinic, as_role: AsRole) -> None:
    client, address = as_role(Role.OWNER), reverse("connection", args=[inside.slug])
    answer = client.post(address, {"name": "Plains", "kind": "sftp", "port": "22"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"host", "user_name", "password"}
    form = {"name": "Plains", "kind": "sftp", "port": "22", "host": "h.example", "user_name": "m", "password": "s3cret"}
    assert client.post(address, form).status_code == 302
    row = ExchangeConnection.objects.get()
    assert row.password == form["password"]
    assert "s3cret" not in client.get(address).content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT password FROM practice_exchangeconnection")
        assert b"s3cret" not in bytes(cursor.fetchone()[0])

    row.host_key = "ssh-ed25519 AAAA"
    row.save()
    changed = {**form, "password": "", "host": "other.example", "version": str(row.version)}
    assert client.post(address, changed).status_code == 302
    row.refresh_from_db()
    assert (row.host, row.host_key, row.password) == ("other.example", "", "s3cret")
    assert client.post(address, {**changed, "host": "third.example"}).status_code == 409


def test_only_a_key_that_was_shown_is_kept(inside: Clinic, connected: ExchangeConnection, as_role: AsRole) -> None:
    client, address = as_role(Role.OWNER), reverse("connection_trust", args=[inside.slug])
    client.post(address, {"key": "nonsense", "version": connected.version})
    connected.refresh_from_db()
    assert connected.host_key == ""
    client.post(address, {"key": "ssh-ed25519  AAAAB3", "version": connected.version})
    connected.refresh_from_db()
    assert connected.host_key == "ssh-ed25519 AAAAB3"


def test_a_file_is_read_by_hand_once_and_its_page_tells_what_it_says(
    inside: Clinic, payer: Payer, file_claims: File, run: Run, as_role: AsRole
) -> None:
    file_claims(2)
    run()
    name = next(name for name in payer.work() if name.endswith(".277"))
    data = (payer.answers / name).read_bytes()
    client = as_role(Role.BILLER)

    def read() -> Any:
        upload = SimpleUploadedFile(name, data)
        return client.post(reverse("received_read", args=[inside.slug]), {"file": upload}, follow=True)

    page = read().content.decode()
    assert "277CA: 2 answers found what they answer." in page
    assert "Accepted for a decision." in page
    assert "This file was read before; nothing changed." in read().content.decode()
    row = ReceivedFile.objects.get()
    taken = client.post(reverse("received_download", args=[inside.slug, row.pk]))
    assert taken.content == data
    assert TrailEntry.objects.filter(action="export", subject="received file").count() == 1
    assert TrailEntry.objects.filter(detail__contains="SYNTHETIC").count() == 0


def test_a_download_counts_as_sent_only_where_no_worker_sends(
    inside: Clinic, file_claims: File, as_role: AsRole
) -> None:
    batch = file_claims(1)
    way = Transmission.objects.get()
    assert (way.state, way.by_hand) == ("prepared", True)
    as_role(Role.BILLER).post(reverse("batch_download", args=[inside.slug, batch.pk]))
    way.refresh_from_db()
    assert (way.state, way.by_hand) == ("sent", True)
    assert way.sent_at is not None


def test_a_file_made_before_the_connection_waits_for_a_person(
    inside: Clinic, file_claims: File, folders: Path, biller: User, run: Run
) -> None:
    del folders
    file_claims(1)
    row = Transmission.objects.get()
    with pytest.raises(NotToBeSentError, match="there is no connection"):
        send_by_connection(row.pk, biller)
    ExchangeConnection.objects.create(clinic=inside, kind=ConnectionKind.FOLDER.value, name="Plains", set_up_by=biller)
    assert run().sent == 0
    send_by_connection(row.pk, biller)
    assert run().sent == 1
    with pytest.raises(NotToBeSentError, match="only a file in doubt"):
        it_arrived(row.pk, biller)
    send_by_connection(row.pk, biller)
    assert run().sent == 0
    row.refresh_from_db()
    assert (row.state, row.problem) == (
        "in_doubt",
        "a file of this name lies in the folder, and was not released from here",
    )
    assert it_arrived(row.pk, biller).state == "sent"


def test_a_job_sends_and_tells_and_a_second_worker_keeps_away(
    inside: Clinic, connected: ExchangeConnection, file_claims: File, biller: User
) -> None:
    file_claims(1)
    job = ask_for_exchange(inside, biller)
    assert ask_for_exchange(inside, biller).pk == job.pk
    run_exchange(job)
    job.refresh_from_db()
    assert job.status == "done"
    assert {name: job.result[name] for name in ("sent", "left", "fetched")} == {"sent": 1, "left": 0, "fetched": 0}
    assert job.result["address"] == "/c/millrace/exchange/"
    connected.refresh_from_db()
    assert connected.busy_until is None
    ExchangeConnection.objects.update(busy_until=job.changed_at.replace(year=2100))
    second = ask_for_exchange(inside, biller)
    run_exchange(second)
    second.refresh_from_db()
    assert second.result["problem"] == "the connection is in use; what waits goes out with it"


def test_an_exchange_is_due_a_quarter_of_an_hour_after_the_last(inside: Clinic, connected: ExchangeConnection) -> None:
    assert ask_for_what_is_due() == 1
    assert ask_for_what_is_due() == 0
    run_exchange(Job.objects.get(kind="exchange"))
    connected.refresh_from_db()
    looked = connected.looked_at
    assert looked is not None
    assert due_exchanges(looked) == []
    assert due_exchanges(looked + timedelta(minutes=15)) == []
    assert len(due_exchanges(looked + timedelta(minutes=15, seconds=1))) == 1
    del inside
