"""Claims and what payers say about them, small enough to be read whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from cleanclaim.denials.refused import Answered
from cleanclaim.records.adjudication import Adjustment, AdjustmentGroup
from cleanclaim.records.remittance import RemittedClaim, RemittedLine
from cleanclaim.remittance.matching import KnownClaim, KnownLine, match_lines

DAY = date(2026, 3, 2)
CLAIM = KnownClaim(
    "c1",
    "V001",
    (
        KnownLine("c1:V001:1", "V001-1", "97110", ("GP",), 2, 14_000, DAY),
        KnownLine("c1:V001:2", "V001-2", "97140", ("GP",), 1, 7_000, DAY),
    ),
)


def adjusted(group: str, reason: str, cents: int) -> Adjustment:
    """One amount that was not paid."""
    return Adjustment(group=AdjustmentGroup(group), reason=reason, amount_cents=cents)


def line(number: int, paid: int, *adjustments: Adjustment, sign: int = 1, **more: Any) -> RemittedLine:
    """What is decided on a line of the claim, by its number."""
    own = CLAIM.lines[number - 1]
    fields: dict[str, Any] = {"units": own.units, "control_number": own.control_number} | more
    return RemittedLine(
        segment=20 + number,
        code=own.code,
        modifiers=own.modifiers,
        charge_cents=sign * own.charge_cents,
        paid_cents=paid,
        date_of_service=DAY,
        adjustments=adjustments,
        **fields,
    )


def answer(*lines: RemittedLine, adjustments: Sequence[Adjustment] = (), status: str = "1", **more: Any) -> Answered:
    """The answer to the claim, matched as the posting does it."""
    sign = -1 if status == "22" else 1
    paid = sum(one.paid_cents for one in lines) - sum(item.amount_cents for item in adjustments if lines)
    if not lines:
        paid = sign * CLAIM.charge_cents - sum(item.amount_cents for item in adjustments)
    said = RemittedClaim(
        segment=14,
        control_number="V001",
        status=status,
        charge_cents=sign * CLAIM.charge_cents,
        paid_cents=paid,
        lines=lines,
        adjustments=tuple(adjustments),
        **more,
    )
    matched = match_lines(CLAIM, said)
    assert matched is not None
    return Answered(said, CLAIM.lines, matched)
