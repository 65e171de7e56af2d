"""The question that decides between two codes that are easily taken for one another."""

from __future__ import annotations

from functools import cache

from cleanclaim.coding.wording import read_data
from cleanclaim.reference import procedures


def question_between(one: str, other: str) -> str:
    """The question between two codes, else the difference the reference table states, else the empty text."""
    for codes, only_with, ask in _questions():
        if one in codes and other in codes and (not only_with or only_with in {one, other}):
            return ask
    for first, second in ((one, other), (other, one)):
        procedure = procedures.get(first)
        for neighbor in procedure.not_this if procedure else ():
            if neighbor.code == second:
                return f"{first} or {second}? {neighbor.difference}."
    return ""


@cache
def _questions() -> tuple[tuple[frozenset[str], str, str], ...]:
    return tuple(
        (frozenset(table["codes"]), table.get("only_with", ""), table["ask"])
        for table in read_data("questions.toml")["question"]
    )
