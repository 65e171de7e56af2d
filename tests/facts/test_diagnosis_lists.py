"""Claims with the same diagnoses in the same order have one list, however their rows are laid."""

from __future__ import annotations

import numpy as np
import pytest

from cleanclaim.facts.diagnoses import lists as module
from cleanclaim.facts.diagnoses.lists import Lists, numbered
from cleanclaim.pricing.exact import Known

CLAIM = np.array([5, 2, 2, 5, 0, 9])
POSITION = np.array([2, 1, 2, 1, 1, 1])
DIAGNOSIS = np.array([8, 4, 8, 4, 4, 8])
"""Claims 2 and 5 list 4 and 8, claim 0 lists 4 alone, claim 9 lists 8 alone."""


@pytest.mark.parametrize("most", [1 << 22, 0])
def test_the_same_diagnoses_in_the_same_order_are_one_list(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_FLAGS", most)
    found = Lists.of(CLAIM, POSITION, DIAGNOSIS)

    claims = CLAIM[found.order[found.starts]].tolist()
    kinds = dict(zip(claims, found.kind.tolist(), strict=True))
    assert claims == [0, 2, 5, 9]
    assert kinds[2] == kinds[5]
    assert len({kinds[0], kinds[2], kinds[9]}) == 3
    rows, kind = found.rows()
    assert {own: DIAGNOSIS[rows[kind == own]].tolist() for own in kinds.values()} == {
        kinds[0]: [4],
        kinds[2]: [4, 8],
        kinds[9]: [8],
    }


def test_the_order_of_diagnoses_tells_lists_apart() -> None:
    found = Lists.of(np.array([0, 0, 1, 1]), np.array([1, 2, 1, 2]), np.array([4, 8, 8, 4]))

    assert found.kind[0] != found.kind[1]


def test_a_claim_whose_list_begins_like_a_longer_one_has_its_own() -> None:
    found = Lists.of(np.array([0, 1, 1]), np.array([1, 1, 2]), np.array([0, 0, 0]))

    assert found.kind[0] != found.kind[1]


def test_an_unknown_diagnosis_is_none_of_the_known() -> None:
    assert numbered(Known(np.array([0, 0, 3]), np.array([True, False, True]))).tolist() == [1, 0, 4]
