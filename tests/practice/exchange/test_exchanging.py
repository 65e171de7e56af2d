"""Files go out by a folder, the simulated payer answers, and each answer finds its file and its claims."""

from __future__ import annotations

from collections.abc import Callable

from cleanclaim.practice.engine.exchange.sending import Exchanged
from cleanclaim.practice.models import (
    Batch,
    BatchAnswer,
    ClaimReport,
    Clinic,
    ExchangeConnection,
    ReceivedFile,
    Transmission,
)
from tests.practice.exchange.conftest import Payer

File = Callable[..., Batch]
Run = Callable[[], Exchanged]


def test_a_file_goes_out_once_and_comes_back_acknowledged_claim_by_claim(
    inside: Clinic, connected: ExchangeConnection, payer: Payer, file_claims: File, run: Run
) -> None:
    batch = file_claims(3)
    way = Transmission.objects.get()
    assert (way.state, way.by_hand, way.file_name) == ("prepared", False, batch.file_name)

    done = run()
    assert (done.sent, done.left, done.fetched, done.problem) == (1, 0, 0, "")
    assert [path.name for path in payer.out.iterdir()] == [batch.file_name]
    assert (payer.out / batch.file_name).read_bytes() == batch.content.data
    assert Transmission.objects.get().state == "sent"

    assert run().sent == 0
    assert len(payer.work()) == 2
    done = run()
    assert (done.fetched, done.known) == (2, 0)
    way = Transmission.objects.get()
    assert way.state == "accepted"
    assert way.answered_at is not None
    assert list(BatchAnswer.objects.order_by("kind").values_list("kind", "outcome", "transmission")) == [
        ("999", "A", way.pk),
        ("TA1", "A", way.pk),
    ]
    reports = list(ClaimReport.objects.order_by("control_number"))
    assert [row.standing for row in reports] == ["accepted"] * 3
    assert {row.claim_id for row in reports} == set(batch.claims.values_list("pk", flat=True))
    assert all(row.payer_control_number and row.batch_id == batch.pk for row in reports)

    assert run().fetched == 0
    assert ClaimReport.objects.count() == 3
    assert sorted(kind for row in ReceivedFile.objects.all() for kind in row.kinds) == ["277CA", "999", "TA1"]
    assert sum(row.unmatched for row in ReceivedFile.objects.all()) == 0
    del inside, connected
