"""A line answered in two: one unit, and the rest. Some payers pay the units of a line apart and say so line by line."""

from __future__ import annotations

from cleanclaim.records.adjudication import Adjustment
from cleanclaim.records.remittance import RemittedLine


def split(line: RemittedLine) -> tuple[RemittedLine, ...]:
    """The two parts of a line, which together hold its every cent; nothing where a part could not be told.

    A line of one unit has no parts, and neither has one whose cents cannot be shared out without a part that is paid
    less than nothing.
    """
    units = line.units or 0
    if units < 2:  # noqa: PLR2004 - a whole of one unit
        return ()
    charge = -(-line.charge_cents // units)
    first_cuts = tuple(_with(item, item.amount_cents // units) for item in line.adjustments)
    rest_cuts = tuple(_with(item, item.amount_cents - item.amount_cents // units) for item in line.adjustments)
    first = _part(line, 1, charge, first_cuts)
    rest = _part(line, units - 1, line.charge_cents - charge, rest_cuts)
    if first.paid_cents < 0 or rest.paid_cents < 0:
        return ()
    if line.allowed_cents is None:
        return first, rest
    allowed = line.allowed_cents // units
    return (
        first.model_copy(update={"allowed_cents": allowed}),
        rest.model_copy(update={"allowed_cents": line.allowed_cents - allowed}),
    )


def _with(item: Adjustment, cents: int) -> Adjustment:
    return item.model_copy(update={"amount_cents": cents})


def _part(line: RemittedLine, units: int, charge: int, cuts: tuple[Adjustment, ...]) -> RemittedLine:
    """One part; what is paid is what its charge leaves."""
    kept = tuple(item for item in cuts if item.amount_cents)
    paid = charge - sum(item.amount_cents for item in kept)
    update = {"units": units, "charge_cents": charge, "paid_cents": paid, "adjustments": kept}
    return line.model_copy(update=update)
