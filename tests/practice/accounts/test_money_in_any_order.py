"""Anything that can happen to a clinic's money, in the database, in any order, with crashes: nothing is lost or doubled.

A short one; the night's is `./dev bench ledger_steps`.
"""

from __future__ import annotations

import pytest

from cleanclaim.practice.models import Clinic
from tests.practice.accounts.any_order import Life

SEEDS = (1, 2)
STEPS = 60


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_every_cent_stays_accounted_for(inside: Clinic, seed: int) -> None:
    life = Life(inside, seed)
    life.live(STEPS)
    # Most steps were done, of many kinds, and some crashed half way.
    assert life.done + life.refused == STEPS
    assert life.done >= STEPS // 2
    assert len(life.done_by_kind) >= STEPS // 5
    assert life.crashed >= 1
