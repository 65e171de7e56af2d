"""What our own writer writes has no fault, and another validator takes the same files and refuses the same defects."""

from __future__ import annotations

import random
from datetime import datetime

import pytest

from cleanclaim.x12 import CharacterSet, ControlNumbers, Delimiters, write_837p
from cleanclaim.x12.validation import Outcome, validate
from tests.x12.claim_generator import SUBMITTER, claims
from tests.x12.peers import pyx12_errors
from tests.x12.validation.building import counted


def written(count: int, seed: int, *, delimiters: Delimiters | None = None, basic: bool = False) -> bytes:
    return write_837p(
        claims(count, seed=seed),
        submitter=SUBMITTER,
        receiver_name="Example Clearing",
        receiver_id="RECV01",
        control=ControlNumbers(),
        created=datetime(2026, 11, 21, 9, 5),
        delimiters=delimiters or Delimiters(),
        character_set=CharacterSet.BASIC if basic else CharacterSet.EXTENDED,
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_written_claims_have_no_fault(seed: int) -> None:
    validation = validate(written(400, seed))
    assert [str(fault) for fault in validation.all_faults()] == []
    assert validation.outcome is Outcome.ACCEPTED


def test_nor_with_other_delimiters_or_letters() -> None:
    for delimiters in (Delimiters("|", ">", "!", "\x1c"), Delimiters(line_break="\r\n")):
        assert validate(written(60, 4, delimiters=delimiters)).all_faults() == []
    assert validate(written(60, 5, basic=True)).all_faults() == []


def mutants(seed: int, count: int) -> list[bytes]:
    """Small claim files with one segment dropped, doubled, moved or changed; the count of segments is right."""
    chance, found = random.Random(seed), []
    for _ in range(count):
        pieces = written(2, chance.randrange(1000)).decode("ascii").split("~")[:-1]
        at = chance.randrange(3, len(pieces) - 3)
        elements = pieces[at].split("*")
        place = chance.randrange(1, len(elements))
        match chance.choice(["drop", "double", "swap", "empty", "long", "sign", "more"]):
            case "drop":
                del pieces[at]
            case "double":
                pieces.insert(at, pieces[at])
            case "swap":
                pieces[at], pieces[at + 1] = pieces[at + 1], pieces[at]
            case "empty":
                elements[place] = ""
                pieces[at] = "*".join(elements)
            case "long":
                elements[place] = (elements[place] or "A") * 40
                pieces[at] = "*".join(elements)
            case "sign":
                elements[place] = elements[place][:1] + "\t" + elements[place][1:]
                pieces[at] = "*".join(elements)
            case _:
                pieces[at] += "*X"
        found.append(counted("~".join(pieces) + "~").replace("~\nSE", "~SE").encode("ascii"))
    return found


def settled(data: bytes) -> bool:
    """Whether the two validators are known to differ: they do where a value makes a segment necessary, where only a
    delimiter too many is wrong, and where one claim or level directly follows another."""
    known = {"dependent-segment-missing", "trailing-delimiter", "not-balanced", "line-number-wrong"}
    kinds = {fault.kind.label for fault in validate(data).all_faults()}
    return bool(kinds & known) or (b"CLM*" in data and kinds == {"segment-missing", "loop-missing"})


@pytest.mark.slow
def test_another_validator_refuses_what_we_refuse_and_takes_what_we_take() -> None:
    compared = refused = 0
    for data in mutants(20261121, 30):
        outcome = validate(data).outcome
        if settled(data):
            continue
        compared += 1
        is_refused = outcome is Outcome.REJECTED
        refused += is_refused
        assert is_refused == (pyx12_errors(data) != []), [str(fault) for fault in validate(data).all_faults()]
    assert compared > 20
    assert refused > 15
