"""A small year from its notes to the bank: laws of the books, of what is filed and answered, and of the command."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cleanclaim.ledger.accounts import Account
from cleanclaim.ledger.book import Book, verify
from cleanclaim.ledger.entries import Entry, Kind, Source, Transaction
from cleanclaim.payer_sim.letters import AppealLetter, RefundLetter, read_decision, read_letter
from cleanclaim.simulation.run import BY_HABIT, DESKS, WITH_CHECKS, Asked, OtherYearError, simulate
from cleanclaim.x12 import read_837p
from cleanclaim.x12.reader_277 import read_277
from cleanclaim.x12.reader_835 import read_835
from cleanclaim.x12.validation import Outcome, validate
from tests.cli.running import run, run_json

pytestmark = pytest.mark.slow

ASKED = Asked(visits=300, seed=3, scenario="rough")


def nothing(_stage: str, _done: int, _of: int) -> None:
    """Nobody looks."""


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """One year: where it was written, and its report."""
    folder = tmp_path_factory.mktemp("year") / "out"
    return folder, simulate(ASKED, folder, jobs=1, advance=nothing).report


@pytest.fixture(scope="module")
def folder(year: tuple[Path, dict[str, Any]]) -> Path:
    return year[0]


@pytest.fixture(scope="module")
def report(year: tuple[Path, dict[str, Any]]) -> dict[str, Any]:
    return year[1]


def transactions(folder: Path, desk: str) -> list[Transaction]:
    """The ledger as it was written, read anew."""
    found = []
    for line in (folder / desk / "ledger.jsonl").read_text("utf-8").splitlines():
        told = json.loads(line)
        entries = tuple(Entry(Account(one[0]), one[1], one[2], one[3], one[4]) for one in told["entries"])
        source = Source(*told["source"])
        day = date.fromisoformat(told["on"])
        made = Transaction(told["key"], Kind(told["kind"]), day, source, entries, told["reverses"])
        assert made.digest == told["digest"]
        found.append(made)
    return found


def files(folder: Path, kind: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.rglob(f"*.{kind}"))]


@pytest.mark.parametrize("desk", DESKS)
def test_the_ledger_as_written_holds_and_is_what_the_report_says(
    folder: Path, report: dict[str, Any], desk: str
) -> None:
    ledger = transactions(folder, desk)
    assert list(verify(ledger)) == []
    book = Book()
    for item in ledger:
        book.add(item)
    said = report["desks"][desk]["dollars"]
    assert said["difference"] == 0
    assert said["charged"] == -book.total(Account.CHARGES)
    assert said["paid_by_payers"] == book.total(Account.PAYER_CASH) - sum(
        entry.cents
        for item in ledger
        for entry in item.entries
        if entry.account is Account.PAYER_CASH and not entry.line
    )
    assert said["cash"] == book.cash()


@pytest.mark.parametrize("desk", DESKS)
def test_what_payers_paid_is_what_was_posted(folder: Path, report: dict[str, Any], desk: str) -> None:
    paid = 0
    for data in files(folder / desk, "835"):
        assert validate(data).outcome is Outcome.ACCEPTED
        paid += sum(one.amount_cents for one in read_835(data).remittances)
    posted = sum(
        entry.cents
        for item in transactions(folder, desk)
        for entry in item.entries
        if entry.account is Account.PAYER_CASH and item.source.kind == "remittance"
    )
    assert paid == posted > 0
    assert report["desks"][desk]["answers"]["suspended"] == {}


@pytest.mark.parametrize("desk", DESKS)
def test_every_claim_that_is_filed_is_returned_or_answered(folder: Path, report: dict[str, Any], desk: str) -> None:
    filed: Counter[str] = Counter()
    for data in files(folder / desk, "837"):
        claims, problems = read_837p(data)
        assert problems == []
        filed.update(claim.id for claim in claims)
    returned = {
        claim.control_number
        for data in files(folder / desk, "277")
        for one in read_277(data).reports
        for claim in one.claims
        if claim.refuses
    }
    answered = {
        claim.control_number
        for data in files(folder / desk, "835")
        for one in read_835(data).remittances
        for claim in one.claims
    }
    assert set(filed) == returned | answered
    said = report["desks"][desk]["claims"]
    assert said["still_waiting"] == 0
    assert said["filed"] + said["filed_again"] == filed.total()


def test_a_denied_claim_goes_out_again_in_the_form_that_its_payer_takes(folder: Path, report: dict[str, Any]) -> None:
    filed = {claim.id: claim for data in files(folder / BY_HABIT, "837") for claim in read_837p(data)[0]}
    again = {key: claim for key, claim in filed.items() if key.endswith("R1")}
    assert again
    assert report["desks"][BY_HABIT]["claims"]["filed_again"] >= len(again)
    unchanged = 0
    for key, claim in again.items():
        first = filed[key.removesuffix("R1")]
        told, before = (
            ([replace(line, segment=0) for line in one.lines], one.prior_authorization) for one in (claim, first)
        )
        if told == before:
            # Sent once more as it was.
            assert (claim.frequency, claim.original_reference) == ("1", "")
            unchanged += 1
            continue
        assert claim.payer is not None
        assert first.payer is not None
        lines = [(line.control_number, line.code, line.charge_cents) for line in claim.lines]
        if claim.payer.filing_indicator == "MB":
            assert (claim.frequency, claim.original_reference) == ("1", "")
            assert set(lines) <= {(line.control_number, line.code, line.charge_cents) for line in first.lines}
        else:
            assert claim.frequency == "7"
            assert claim.original_reference
            assert lines == [(line.control_number, line.code, line.charge_cents) for line in first.lines]
    assert unchanged == report["desks"][BY_HABIT]["sent_again_unchanged"]["claims"] > 0
    assert report["desks"][WITH_CHECKS]["sent_again_unchanged"] == {"claims": 0, "paid_cents": 0}


def test_what_happens_in_a_year_happens_in_this_one(report: dict[str, Any]) -> None:
    answers = report["desks"][WITH_CHECKS]["answers"]
    for kind in (
        "paying_nothing",
        "reversals",
        "sent_on",
        "by_next_payer",
        "split",
        "paid_as_one",
        "late_with_interest",
    ):
        assert answers[kind] > 0, kind
    assert {"WO-", "WO+", "L6-", "FB-", "FB+", "72-"} <= set(answers["provider_adjustments"])


def test_appeals_are_decided_and_bring_what_their_answers_pay(folder: Path, report: dict[str, Any]) -> None:
    decided = [read_decision(path.read_bytes()) for path in sorted((folder / WITH_CHECKS / "answers").glob("*.json"))]
    said = report["desks"][WITH_CHECKS]["appeals"]
    letters = [read_letter(path.read_bytes()) for path in sorted((folder / WITH_CHECKS / "letters").glob("*.json"))]
    appeals = [one for one in letters if isinstance(one, AppealLetter)]
    checks = [one for one in letters if isinstance(one, RefundLetter)]
    assert said["filed"] == len(appeals) == len(decided) > 0
    assert [one for one in said["levels"] if one["filed"]] == [
        {"level": level, "filed": count} for level, count in sorted(Counter(one.level for one in appeals).items())
    ]
    outcomes = Counter(one.decision for one in decided)
    assert {name: said[name] for name in ("overturned", "upheld", "dismissed")} == {
        name: outcomes[name] for name in ("overturned", "upheld", "dismissed")
    }
    assert (outcomes["dismissed"], said["waiting"]) == (0, 0)
    assert min(outcomes["overturned"], outcomes["upheld"]) > 0
    # What was won: what the new answers pay, less what their reversals take back.
    new = {one.new_claim for one in decided if one.new_claim}
    old = {one.claim for one in decided if one.new_claim}
    won = sum(
        claim.paid_cents
        for data in files(folder / WITH_CHECKS, "835")
        for payment in read_835(data).remittances
        for claim in payment.claims
        if claim.payer_control_number in new or (claim.is_reversal and claim.payer_control_number in old)
    )
    assert said["won_cents"] == won > 0
    assert report["desks"][WITH_CHECKS]["repaid_by_check_cents"] == sum(one.cents for one in checks) > 0
    assert report["desks"][BY_HABIT]["appeals"]["filed"] == 0


@pytest.mark.parametrize("desk", DESKS)
def test_checks_and_their_acknowledgments_come_to_nothing(folder: Path, report: dict[str, Any], desk: str) -> None:
    sums: Counter[str] = Counter()
    for item in transactions(folder, desk):
        for entry in item.entries:
            if entry.account is Account.PROVIDER_ADJUSTMENT:
                sums[entry.reason] += entry.cents
    assert report["desks"][desk]["repaid_by_check_cents"] > 0
    assert sums["72"] == 0


@pytest.mark.parametrize("desk", DESKS)
def test_what_is_paid_as_one_is_placed_on_its_lines(folder: Path, desk: str) -> None:
    book = Book()
    for item in transactions(folder, desk):
        book.add(item)
    # A package's rate above a charge is never left on the line that carries it: no line has less than nothing open.
    packaged = {
        claim.control_number
        for data in files(folder / desk, "835")
        for payment in read_835(data).remittances
        for claim in payment.claims
        if any(line.billed_code and line.code == "97799" for line in claim.lines)
    }
    assert packaged
    states = [book.line(key) for key in book.lines() if key.split(":")[0] in packaged]
    assert min(state.open_to_payers for state in states) == 0


@pytest.mark.parametrize("desk", DESKS)
def test_every_denial_is_told_by_its_reason_and_by_whether_a_check_foretold_it(
    report: dict[str, Any], desk: str
) -> None:
    said = report["desks"][desk]
    reasons = {(one["group"], one["reason"]): one for one in said["denials"]}
    assert len(reasons) == len(said["denials"])
    for one in reasons.values():
        assert one["foreseen"] + one["unforeseen"] + one["no_rule"] == one["lines"] > 0
    assert said["not_predicted"] == sum(one["unforeseen"] + one["no_rule"] for one in reasons.values())
    # What comes out of nowhere, a check cannot have said; nothing here speaks of records that are wanted.
    assert reasons["CO", "252"]["no_rule"] == reasons["CO", "252"]["lines"]


def test_the_checks_see_what_went_wrong(report: dict[str, Any]) -> None:
    slips = {one["slip"]: one for one in report["entered"]["slips"]}
    for name in ("note_not_signed", "minutes_left_out", "unit_too_many", "keyed_twice", "entered_twice"):
        assert slips[name]["held"] == slips[name]["times"], name
    habit, checks = (report["desks"][desk]["claims"]["first_pass"] for desk in DESKS)
    assert checks["claims"] * habit["of"] > habit["claims"] * checks["of"]
    assert report["desks"][BY_HABIT]["claims"]["filed"] >= report["desks"][WITH_CHECKS]["claims"]["filed"]


def test_a_year_that_was_stopped_goes_on_to_the_same_bytes(
    folder: Path, report: dict[str, Any], tmp_path: Path
) -> None:
    again = tmp_path / "again"
    shutil.copytree(folder, again)
    for month in range(10, 13):
        (again / "months" / f"{month:02d}.jsonl").unlink()
    shutil.rmtree(again / WITH_CHECKS)
    shutil.rmtree(again / BY_HABIT)
    # With two processes, the desks file while the last months are billed.
    assert simulate(ASKED, again, jobs=2, advance=nothing).report == report
    names = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    assert [name for name in names if (folder / name).read_bytes() != (again / name).read_bytes()] == []


def test_a_folder_of_another_year_is_refused(folder: Path, report: dict[str, Any], tmp_path: Path) -> None:
    assert report["visits"] == 300
    with pytest.raises(OtherYearError, match="holds another year"):
        simulate(Asked(301, 3, "rough"), folder, jobs=1, advance=nothing)
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(OtherYearError, match="holds other files"):
        simulate(ASKED, tmp_path, jobs=1, advance=nothing)


def test_files_are_for_their_owner_only_and_name_nobody(folder: Path, report: dict[str, Any]) -> None:
    assert report["faults"] == 0
    modes = {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()}
    assert modes == {0o600}
    names = re.compile("Ackley|Bohannon|Carrow|Delacroix")
    assert not [path for path in folder.rglob("*") if names.search(path.name)]


def test_the_command_tells_the_year_that_is_kept(folder: Path, report: dict[str, Any]) -> None:
    words = ("simulate", folder, "--visits", "300", "--seed", "3", "--scenario", "rough", "--jobs", "1")
    code, document = run_json(*words)
    assert code == 0
    assert {key: document[key] for key in report} == report
    kept = json.loads((folder / "report.json").read_text("utf-8"))
    assert kept == document
    told = run(*words)
    assert told.code == 0
    assert f"{report['entered']['visits']} visits of {report['entered']['patients']} patients in 2026" in told.words
    (folder / "report.json").unlink()


def test_the_command_says_what_it_cannot_use(folder: Path, report: dict[str, Any]) -> None:
    assert report["seed"] == 3
    wrong = run("simulate", folder, "--visits", "300", "--seed", "4", "--scenario", "rough")
    assert (wrong.code, "holds another year" in " ".join(wrong.errors.split())) == (2, True)
    assert run("simulate", folder, "--scenario", "wild").code == 2
