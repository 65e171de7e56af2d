"""A clinic that exchanges files by folders, and the simulated payer at the other end of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from cleanclaim.payer_sim import Memory, answer
from cleanclaim.practice.engine.claims.filing import release
from cleanclaim.practice.engine.exchange.connecting import folders_of
from cleanclaim.practice.engine.exchange.sending import Exchanged, exchange
from cleanclaim.practice.models import Batch, Claim, ClaimStatus, Clinic, ConnectionKind, ExchangeConnection, Role, User
from cleanclaim.submission.transmission import Patience
from tests.practice.conftest import DAY, person


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the folders of all clinics lie."""
    monkeypatch.setenv("CLEANCLAIM_EXCHANGE", str(tmp_path))
    return tmp_path


@pytest.fixture
def biller(clinic: Clinic) -> User:
    return person(clinic, Role.BILLER)


@pytest.fixture
def connected(inside: Clinic, folders: Path, biller: User) -> ExchangeConnection:
    """A connection by folders, switched on."""
    del folders
    row: ExchangeConnection = ExchangeConnection.objects.create(
        clinic=inside, kind=ConnectionKind.FOLDER.value, name="Plains Clearinghouse", set_up_by=biller
    )
    return row


@pytest.fixture
def file_claims(inside: Clinic, biller: User) -> Callable[..., Batch]:
    """A function that files some ready claims of Medicare, and returns their file."""

    def file(count: int = 3) -> Batch:
        ready = Claim.objects.filter(status=ClaimStatus.READY.value, gaps=[], payer="medicare_b")
        keys = list(ready.order_by("number").values_list("pk", flat=True)[:count])
        assert len(keys) == count
        [batch] = release(inside, keys, biller).batches
        return batch

    return file


@pytest.fixture
def run(inside: Clinic, biller: User) -> Callable[[], Exchanged]:
    """A function that exchanges files once, without waiting between tries."""

    def once() -> Exchanged:
        return exchange(inside, biller, patience=Patience(tries=1))

    return once


class Payer:
    """The simulated payer: it takes what lies in the clinic's folder, and lays its answers into the other one."""

    def __init__(self, slug: str, scenario: str = "none") -> None:
        self.out, self.answers = folders_of(slug)
        self.memory = Memory(seed=7, scenario=scenario)

    def work(self, on: date = DAY) -> list[str]:
        """Take every file, answer, and say how the answers are called."""
        files = sorted(path for path in self.out.iterdir() if not path.name.startswith("."))
        answered = answer([(path.stem, path.read_bytes()) for path in files], self.memory, today=on)
        for path in files:
            path.unlink()
        for name, data in answered.files.items():
            (self.answers / name).write_bytes(data)
        return sorted(answered.files)


@pytest.fixture
def payer(connected: ExchangeConnection) -> Payer:
    return Payer(connected.clinic.slug)
