"""Notes read by several processes say what they say to one."""

from __future__ import annotations

import gc

import pytest

from cleanclaim.bill import reading_pool
from cleanclaim.bill.collection import without_collection
from cleanclaim.bill.prepare import prepare
from cleanclaim.records import Clinic, Visit
from tests.bill.conftest import patient, visit

WORDS = (
    "Therapeutic exercise x 24 min, manual therapy x 14 min.",
    "Gait training 20 min. Ball tossing on foam 10 min by the aide.",
    "Unattended interferential stimulation 15 min.",
)


def visits(count: int) -> list[Visit]:
    return [visit(id=f"V{place}", note={"text": WORDS[place % len(WORDS)]}) for place in range(count)]


def test_two_processes_prepare_what_one_does(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_pool, "_ALONE", 4)
    monkeypatch.setattr(reading_pool, "_BATCH", 2)
    asked, patients = visits(9), {"P1": patient()}

    alone = prepare(asked, patients, clinic, {})
    together = prepare(asked, patients, clinic, {}, processes=2)

    assert together == alone
    assert [item.case.visit.id for item in together] == [f"V{place}" for place in range(9)]
    assert [line.code for line in together[8].case.lines] == ["G0283"]


def test_a_small_batch_starts_no_process(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(reading_pool, "ProcessPoolExecutor", refuse)

    assert len(prepare(visits(3), {"P1": patient()}, clinic, {}, processes=8)) == 3


def test_the_collector_is_off_inside_and_as_before_outside() -> None:
    assert gc.isenabled()
    with without_collection():
        assert not gc.isenabled()
        with without_collection():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
