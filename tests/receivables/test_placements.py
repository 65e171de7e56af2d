"""What may go to a collection agency: each reason to keep a balance, alone, and both sides of each limit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cleanclaim.receivables.placements import Balance, Keeps, kept_because

GOOD = Balance(5_000, 3, is_qmb=False, is_disputed=False, has_plan=False, has_help=False, is_placed=False)


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({}, ()),
        ({"cents": 0}, (Keeps.NOTHING_OWED,)),
        ({"cents": 2_499}, (Keeps.SMALL,)),
        ({"cents": 2_500}, ()),
        ({"statements": 2}, (Keeps.FEW_STATEMENTS,)),
        ({"is_qmb": True}, (Keeps.QMB,)),
        ({"is_qmb": None}, (Keeps.QMB_UNKNOWN,)),
        ({"is_disputed": True}, (Keeps.DISPUTED,)),
        ({"has_plan": True}, (Keeps.PLAN,)),
        ({"has_help": True}, (Keeps.HELP,)),
        ({"is_placed": True}, (Keeps.PLACED,)),
        ({"cents": -100, "is_disputed": True}, (Keeps.NOTHING_OWED, Keeps.DISPUTED)),
    ],
)
def test_what_stays_and_why(changes: dict[str, Any], reasons: tuple[Keeps, ...]) -> None:
    assert kept_because(replace(GOOD, **changes), least_cents=2_500, statements=3) == reasons
