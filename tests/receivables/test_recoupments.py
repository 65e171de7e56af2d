"""What a payer took against what was sent to it, by arithmetic alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from cleanclaim.receivables.recoupments import Check, settle

_FIRST, _SECOND = Check("first", "a", 900), Check("second", "a", 400)


@pytest.mark.parametrize(
    ("beside", "against", "checks", "taken", "expected"),
    [
        pytest.param(-900, 0, (), {}, (900, 0, {}), id="announced"),
        pytest.param(0, 0, (), {}, (0, 0, {}), id="announced and taken"),
        pytest.param(700, 0, (), {}, (0, 0, {}), id="taken without a word, and no check went"),
        pytest.param(-900, 900, (), {}, (0, 0, {}), id="announced, and a check went"),
        pytest.param(-900, 899, (), {}, (1, 0, {}), id="a cent less went"),
        pytest.param(0, 900, (), {}, (0, 900, {}), id="announced, a check went, and it was taken"),
        pytest.param(-450, 900, (), {}, (0, 450, {}), id="half of it taken"),
        pytest.param(2_000, 900, (), {}, (0, 900, {}), id="never more than went"),
        pytest.param(0, 0, (_FIRST,), {"a": 0}, (0, 0, {}), id="a check went before the payer said anything"),
        pytest.param(-900, 0, (_FIRST,), {"a": 900}, (0, 0, {"first": 900}), id="it turned the line and added it"),
        pytest.param(-900, 0, (_FIRST,), {"a": 2_000}, (0, 0, {"first": 900}), id="it turned more than was sent"),
        pytest.param(-900, 0, (_FIRST,), {}, (900, 0, {}), id="it added before it turned"),
        pytest.param(0, 0, (_FIRST,), {"a": 900}, (0, 900, {}), id="it turned the line and kept it"),
        pytest.param(-300, 0, (_FIRST,), {"a": 900}, (0, 600, {"first": 300}), id="it added a part"),
        pytest.param(900, 0, (_FIRST,), {"a": 0}, (0, 900, {}), id="it took it beside the claim"),
        pytest.param(0, 0, (_FIRST,), {"a": -500}, (0, 0, {}), id="it paid more since"),
        pytest.param(
            -1_000, 0, (_FIRST, _SECOND), {"a": 1_300}, (0, 300, {"first": 900, "second": 100}), id="two checks"
        ),
        pytest.param(-1_300, 0, (_FIRST,), {"a": 900}, (400, 0, {"first": 900}), id="it announces more than was sent"),
    ],
)
def test_nothing_is_paid_back_twice_unseen(
    beside: int,
    against: int,
    checks: Sequence[Check],
    taken: Mapping[str, int],
    expected: tuple[int, int, dict[str, int]],
) -> None:
    """Expected are what is still announced, what was taken twice, and what is placed by check."""
    found = settle(beside, against, checks, taken)
    assert (found.announced_cents, found.twice_cents, dict(found.placed)) == expected
