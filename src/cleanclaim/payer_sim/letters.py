"""Letters: what goes between a clinic and a payer on paper, as a small JSON document in the same folder.

An appeal names the payer's number of the claim; a refund the reference under which an overpayment was announced. The
payer answers an appeal by a letter of its own, whatever it then pays.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from cleanclaim.money import Cents
from cleanclaim.records.model import Record

SUFFIX = "json"


class AppealLetter(Record):
    """A dispute of what a payer decided: `level` is 1 for the first, `claim` the payer's number of its last answer."""

    letter: Literal["appeal"] = "appeal"
    claim: str
    level: int = Field(ge=1)


class RefundLetter(Record):
    """A check for what was paid too much, by the `reference` of the adjustment that announced it."""

    letter: Literal["refund"] = "refund"
    reference: str
    cents: Cents = Field(gt=0)


class DecisionLetter(Record):
    """What became of an appeal.

    `claim` is the number under which it was appealed, `account` the biller's; `decision` is `upheld`, `overturned` or
    `dismissed`, the last with why; `new_claim` is the payer's number of the new answer, where there is one.
    """

    letter: Literal["decision"] = "decision"
    claim: str
    account: str
    level: int
    decision: Literal["upheld", "overturned", "dismissed"]
    decided_on: date
    why: str = ""
    new_claim: str = ""
    next_level: bool = False


Letter = AppealLetter | RefundLetter


def read_letter(data: bytes) -> Letter | None:
    """The letter in a file of a clinic; `None` where there is none."""
    if not data.lstrip().startswith(b"{"):
        return None
    try:
        return _LETTERS.validate_json(data)
    except ValidationError:
        return None


def read_decision(data: bytes) -> DecisionLetter:
    """A payer's letter. Raises `ValueError` for what is none."""
    return DecisionLetter.model_validate_json(data)


def written(letter: Letter | DecisionLetter) -> bytes:
    """A letter as a file."""
    document: Any = letter.model_dump(mode="json")
    return (json.dumps(document, indent=1) + "\n").encode()


_LETTERS: TypeAdapter[Letter] = TypeAdapter(Annotated[Letter, Field(discriminator="letter")])
