"""Numbers of claims that come after a visit's first: to a later payer, in place of an earlier claim, as its void."""

from __future__ import annotations

from enum import Enum

from cleanclaim.practice.models import Claim
from cleanclaim.x12.guide import load_guide


class Mark(Enum):
    """What a number gets behind the visit's: a letter, and whether the first of its kind is counted."""

    SECONDARY = ("S", False)
    TERTIARY = ("T", False)
    REPLACEMENT = ("R", True)
    VOID = ("V", True)


class NumberTooLongError(ValueError):
    """A number that a claim file does not hold; says how many characters it would have."""


def number_after(visit: str, mark: Mark) -> str:
    """The next free number behind a visit's: `V001S`, `V001S2`, …; `V001R1`, `V001R2` and so on.

    Raises `NumberTooLongError`.
    """
    letter, is_first_counted = mark.value
    begun = f"{visit}{letter}"
    taken = set(Claim.objects.filter(number__startswith=begun).values_list("number", flat=True))
    number, count = (f"{begun}1" if is_first_counted else begun), 1
    while number in taken:
        count += 1
        number = f"{begun}{count}"
    if len(number) > load_guide().limits["claim_id_length"]:
        raise NumberTooLongError(f"the claim's number would have {len(number)} characters, more than a file holds")
    return number
