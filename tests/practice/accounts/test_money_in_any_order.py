"""Anything that can happen to a clinic's money, in the database, in any order, with crashes: nothing is lost or doubled."""

from __future__ import annotations

import pytest

from cleanclaim.practice.models import Clinic
from tests.practice.accounts.any_order import Steps

SEEDS = (1, 2, 3)
STEPS = 40


@pytest.mark.parametrize("seed", SEEDS)
def test_every_cent_stays_accounted_for(inside: Clinic, seed: int) -> None:
    steps = Steps(inside, seed)
    for _step in range(STEPS):
        steps.step()
    steps.check_all()
    # Every kind of step was tried often enough to have done something, and some crashed half way.
    assert steps.done >= STEPS // 3
    assert steps.crashed >= 1
