"""Generated claim files are accepted by pyx12 and x12sdk without a single objection."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from cleanclaim.records import Adjudication, Claim, Sex
from cleanclaim.x12 import ControlNumbers, Delimiters, write_837p
from tests.x12.claim_generator import SUBMITTER, claims
from tests.x12.peers import pyx12_errors, x12sdk_claims
from tests.x12.test_writer_837p import BY_LINE, ON_THE_CLAIM, second

CREATED = datetime(2026, 11, 21, 9, 5)


def written(some: list[Claim], **options: Any) -> bytes:
    return write_837p(
        some,
        submitter=SUBMITTER,
        receiver_name="Example Clearing",
        receiver_id="RECV01",
        control=ControlNumbers(),
        created=CREATED,
        **options,
    )


@pytest.mark.slow
def test_sixty_claims_pass_both_validators() -> None:
    data = written(claims(60, seed=1))
    assert pyx12_errors(data) == []
    assert x12sdk_claims(data) == 60


def test_line_breaks_do_not_disturb_the_validators() -> None:
    data = written(claims(5, seed=2), delimiters=Delimiters(line_break="\n"))
    assert pyx12_errors(data) == []
    assert x12sdk_claims(data) == 5


def test_a_third_sex_passes_pyx12() -> None:
    claim = claims(1, seed=3)[0]
    claim = claim.model_copy(update={"patient": claim.patient.model_copy(update={"sex": Sex.UNKNOWN})})
    data = written([claim])
    assert b"*U~" in data
    assert pyx12_errors(data) == []


@pytest.mark.parametrize("answer", [BY_LINE, ON_THE_CLAIM])
def test_decisions_of_a_first_payer_pass_both_validators(answer: Adjudication) -> None:
    data = written([second(answer)])
    assert b"~AMT*D*" in data
    assert pyx12_errors(data) == []
    assert x12sdk_claims(data) == 1


def test_generated_claims_tell_every_kind_of_decision() -> None:
    answers = [payer.adjudication for claim in claims(60, seed=1) for payer in claim.other_payers]
    told = [answer for answer in answers if answer is not None]
    kinds = {(bool(answer.lines), bool(answer.adjustments)) for answer in told}
    assert kinds == {(True, False), (True, True), (False, True)}
    assert any(line.code for answer in told for line in answer.lines)


def test_the_judges_can_say_no() -> None:
    data = written(claims(3, seed=4)).replace(b"*UN*", b"*XX*", 1)
    assert pyx12_errors(data) != []
    with pytest.raises(ValueError, match="XX"):
        x12sdk_claims(data)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [11, 12])
def test_five_hundred_claims_pass_both_validators(seed: int) -> None:
    data = written(claims(250, seed=seed))
    assert pyx12_errors(data) == []
    assert x12sdk_claims(data) == 250
