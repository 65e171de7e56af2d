"""Whether our own checks objected, before the claim was filed, to what the payer refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from cleanclaim.denials.refused import Denial
from cleanclaim.denials.strategy import handling_of


class Foresight(StrEnum):
    """What our checks said of it."""

    FORESEEN = "foreseen"
    """A rule objected, and the claim was filed all the same."""
    UNFORESEEN = "unforeseen"
    """Rules speak of such things, and none objected here."""
    NO_RULE = "no_rule"
    """None of our rules speaks of it: nothing on the claim foretells it, or a rule is lacking."""


@dataclass(frozen=True, slots=True)
class FiledFinding:
    """A finding that stood when the claim was filed. `place` is a line (`line 2`) or the claim."""

    rule: str
    place: str


@dataclass(frozen=True, slots=True)
class Prediction:
    """What our checks said, and which rules objected."""

    foresight: Foresight
    rules: tuple[str, ...]


def prediction_of(denial: Denial, findings: Iterable[FiledFinding], payer_kind: str | None) -> Prediction:
    """Whether one of the findings is about what was refused, on its line or on the claim as a whole."""
    handlings = [found for reason in denial.reasons if (found := handling_of(reason, payer_kind)) is not None]
    begins = tuple(begins for handling in handlings for begins in handling.rules)
    if not begins:
        return Prediction(Foresight.NO_RULE, ())
    line = f"line {denial.line.key.rpartition(':')[2]}"
    met = sorted(
        {
            item.rule
            for item in findings
            if item.rule.startswith(begins) and (item.place == line or not item.place.startswith("line "))
        }
    )
    return Prediction(Foresight.FORESEEN if met else Foresight.UNFORESEEN, tuple(met))
