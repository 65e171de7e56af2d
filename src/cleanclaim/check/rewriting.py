"""What every applier of fixes to files shares: one change at a time, made, refused with its reason, or followed.

A change is made only where its old value still stands in the file. Where one value rests on another (a charge on its
units, a claim's total on its lines), the second follows the first, and both are told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cleanclaim.check.findings import Change
from cleanclaim.money import dollars, plain

MOVED = "the value in the file is no longer the one that was checked"
NOT_STATED = "the file does not state this value"
NOT_HERE = "this cannot be changed in a file of this kind"


DECIDED = (
    "another payer has decided on the claim's charges, and its answer would no longer balance: that payer's claim is "
    "corrected first"
)


class Refusal(NamedTuple):
    """A change that was not made, and why."""

    change: Change
    why: str


class Followed(NamedTuple):
    """A change that another one brought with it: `cause` is the one that was asked for."""

    cause: Change
    change: Change


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The file after the changes: those made, what followed from them, and those refused."""

    data: bytes
    made: tuple[Change, ...]
    refused: tuple[Refusal, ...]
    followed: tuple[Followed, ...] = ()


class RefusedError(Exception):
    """Why a change is not made."""


def rewrite(
    changes: Iterable[Change], make: Callable[[Change], Iterable[Change]], data: Callable[[], bytes], before: bytes
) -> Rewritten:
    """Make each change, and say what came of it.

    Args:
        changes: the changes.
        make: makes one change and returns what followed from it; raises `RefusedError` before anything is touched.
        data: the file after the changes.
        before: the file as it was, kept to the byte where no change is made.
    """
    made: list[Change] = []
    refused: list[Refusal] = []
    followed: list[Followed] = []
    for change in _in_order(changes):
        try:
            consequences = list(make(change))
        except RefusedError as reason:
            refused.append(Refusal(change, str(reason)))
        else:
            made.append(change)
            followed += [Followed(change, consequence) for consequence in consequences]
    return Rewritten(data() if made else before, tuple(made), tuple(refused), tuple(followed))


def _in_order(changes: Iterable[Change]) -> list[Change]:
    """Fields first, then rows removed from the last on, so that no position moves under a later change."""
    unique = list(dict.fromkeys(changes))
    fields = [change for change in unique if change.field]
    return fields + sorted((change for change in unique if not change.field), key=lambda item: -item.key)


def require(current: object, old: object) -> None:
    """Refuse a change whose old value has moved."""
    if (tuple(current) if isinstance(current, list) else current) != old:
        raise RefusedError(MOVED)


def charge_for(code: str, units: tuple[int | None, int], charge_cents: int, charges: Mapping[str, int]) -> int:
    """The charge of a line whose units change, in cents.

    A clinic's own charge for a unit of the code comes first; else the charge is divided among the old units, where it
    divides to the cent.

    Args:
        code: the code that stands on the line.
        units: units before and after.
        charge_cents: the charge before.
        charges: the clinic's charge for a unit, in cents, by code.

    Raises:
        RefusedError: nobody can say what one unit is charged.
    """
    before, after = units
    if code in charges:
        return charges[code] * after
    if not charge_cents:
        return 0
    if before is None or before < 1 or charge_cents % before:
        counted = "units that are unknown" if before is None else f"{before} unit{'' if before == 1 else 's'}"
        said = f"{dollars(charge_cents)} for {counted}"
        raise RefusedError(
            f"the line's charge, {said}, does not say what one unit of {code} is charged, and clinic.json lists none:"
            f" what is charged for {after}?"
        )
    return charge_cents // before * after


def amount_like(text: str, cents: int) -> str:
    """Cents as dollars in the manner of the amount that stood there: with its sign, its commas and its decimals."""
    sign = ("-" if cents < 0 else "") + ("$" if "$" in text else "")
    amount = abs(cents)
    whole = f"{amount // 100:,}" if "," in text else str(amount // 100)
    decimals = f"{amount % 100:02d}"
    if "." in text and len(text.rpartition(".")[2]) == len(decimals):
        return f"{sign}{whole}.{decimals}"
    rest = plain(amount).partition(".")[2]
    return f"{sign}{whole}.{rest}" if rest else f"{sign}{whole}"


def without_position(pointers: Sequence[int], removed: int, instead: int | None) -> list[int]:
    """Pointers after the diagnosis at a position is gone: to its twin where there is one, later ones moved up."""
    moved = [instead if pointer == removed else pointer for pointer in pointers]
    kept = [pointer - (pointer > removed) for pointer in moved if pointer is not None]
    return list(dict.fromkeys(kept))


def twin_of(codes: Sequence[str], position: int) -> int | None:
    """The position of the same diagnosis elsewhere in the list."""
    bare = [code.replace(".", "").upper() for code in codes]
    return next((n for n, code in enumerate(bare, 1) if n != position and code == bare[position - 1]), None)


def whole_number(text: str) -> int | None:
    """The whole number that a cell or element says; `None` where it says none."""
    digits = text.removesuffix(".00").removesuffix(".0")
    return int(digits) if digits.removeprefix("-").isdigit() else None
