"""Drawing claims: who is drawn, that anybody can draw them again, and how strata share a sample."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from cleanclaim.audit.sampling import ALL_CLAIMS, SAMPLE, Plan, SampleError, Stratum, allocate, draw
from cleanclaim.audit.stretches import Stretches
from tests.audit.made import archive, claims_frame, findings_frame, stretches_of

NONE = findings_frame([])


def frame_of(count: int) -> pl.DataFrame:
    return claims_frame([{} for _ in range(count)])


def test_the_claims_with_the_smallest_numbers_of_the_generator_are_drawn() -> None:
    drawn = draw(Stretches.of(frame_of(500), NONE), Plan(20, 20_261_121))
    numbers = np.random.PCG64(20_261_121).random_raw(500)
    smallest = sorted(range(500), key=lambda place: int(numbers[place]))[:20]
    assert drawn.claims.get_column("frame_row").to_list() == [place + 1 for place in smallest]
    assert drawn.claims.get_column("draw").to_list() == [f"{int(numbers[place]):016x}" for place in smallest]
    assert drawn.claims.get_column("number").to_list() == list(range(1, 21))
    assert drawn.strata == (Stratum(ALL_CLAIMS, 500, 20),)
    assert list(drawn.claims.schema.items()) == list(pl.Schema(SAMPLE).items())


def test_the_generator_gives_what_it_gave_when_samples_were_first_drawn() -> None:
    # Another release of numpy must not draw another sample of the same seed.
    assert [f"{int(number):016x}" for number in np.random.PCG64(7).random_raw(3)] == [
        "a00641a9f1e54a8b",
        "e5afcdbcaf266a95",
        "c693565f940af962",
    ]


def test_a_larger_sample_holds_the_smaller_and_another_seed_is_another_sample() -> None:
    claims = frame_of(300)
    small, large, other = (
        draw(Stretches.of(claims, NONE), plan).claims.get_column("frame_row").to_list()
        for plan in (Plan(10, 5), Plan(40, 5), Plan(10, 6))
    )
    assert large[:10] == small
    assert other != small


def test_every_claim_may_be_drawn_and_none_twice() -> None:
    drawn = draw(Stretches.of(frame_of(12), NONE), Plan(12, 3)).claims.get_column("frame_row").to_list()
    assert sorted(drawn) == list(range(1, 13))


def test_draws_are_even() -> None:
    claims = frame_of(40)
    times = np.zeros(40, np.int64)
    for seed in range(200):
        times[np.array(draw(Stretches.of(claims, NONE), Plan(10, seed)).claims.get_column("frame_row")) - 1] += 1
    # Each claim is drawn 50 times on average, with a standard deviation of 6.1.
    assert times.sum() == 2_000
    assert times.min() > 50 - 5 * 6.1
    assert times.max() < 50 + 5 * 6.1


def test_strata_by_payer_clinic_and_month_are_named_by_what_they_hold() -> None:
    frames = archive()
    sample = draw(stretches_of(frames), Plan(6, 1, ("payer", "month")))
    assert sample.strata == (
        Stratum("aetna / 2026-03", 1, 1),
        Stratum("medicare_b / 2026-03", 3, 3),
        Stratum("medicare_b / 2026-04", 2, 2),
    )
    assert sample.claims.get_column("stratum").to_list() == [
        "aetna / 2026-03",
        *["medicare_b / 2026-03"] * 3,
        *["medicare_b / 2026-04"] * 2,
    ]


def test_strata_by_rule_and_severity_are_those_of_the_gravest_finding() -> None:
    frames = archive()
    sample = draw(stretches_of(frames), Plan(6, 1, ("severity", "rule")))
    assert sample.strata == (
        Stratum("deny / UN101", 4, 4),
        Stratum("left / CH101", 1, 1),
        Stratum("no finding / no finding", 1, 1),
    )


def test_what_is_not_known_is_a_stratum_of_its_own() -> None:
    claims = claims_frame([{"payer": None}, {"payer": None}, {}, {}])
    sample = draw(Stretches.of(claims, NONE), Plan(4, 1, ("payer",)))
    assert sample.strata == (Stratum("medicare_b", 2, 2), Stratum("unknown", 2, 2))


def test_a_drawn_claim_names_its_rules_and_no_patient() -> None:
    frames = archive()
    drawn = draw(stretches_of(frames), Plan(6, 1)).claims.sort("frame_row")
    assert drawn.get_column("rules").to_list() == ["DX306 UN101", "CH101 UN101", "UN101", "CH101", "UN101", ""]
    assert drawn.get_column("date_of_service").to_list()[4] == date(2026, 4, 1)
    assert "patient" not in drawn.columns


# --- allocation --------------------------------------------------------------------------------------------


def test_strata_share_a_sample_by_their_claims() -> None:
    assert allocate({"a": 600, "b": 300, "c": 100}, 100) == {"a": 60, "b": 30, "c": 10}


def test_a_small_stratum_has_two_and_one_of_one_has_one() -> None:
    assert allocate({"a": 9_000, "b": 10, "c": 1}, 100) == {"a": 97, "b": 2, "c": 1}


def test_what_is_over_goes_to_who_is_furthest_from_its_share() -> None:
    # Shares 3.33 each: the first by name has the one that is over.
    assert allocate({"c": 50, "a": 50, "b": 50}, 10) == {"c": 3, "a": 4, "b": 3}


def test_a_sample_too_small_for_its_strata_is_refused() -> None:
    assert allocate({"a": 5, "b": 5}, 4) == {"a": 2, "b": 2}
    with pytest.raises(SampleError, match=r"sample of 3 for 2 strata; expected 4 or more, two of each stratum"):
        allocate({"a": 5, "b": 5}, 3)


@pytest.mark.parametrize("size", [0, 7])
def test_a_sample_larger_than_the_frame_or_empty_is_refused(size: int) -> None:
    with pytest.raises(SampleError, match=f"sample of {size}; expected 1 to 6, the claims of the frame"):
        draw(Stretches.of(frame_of(6), NONE), Plan(size, 1))


def test_strata_and_seeds_that_are_none_are_refused() -> None:
    with pytest.raises(SampleError, match="strata: 'patient'; expected payer, clinic"):
        draw(Stretches.of(frame_of(6), NONE), Plan(2, 1, ("patient",)))
    with pytest.raises(SampleError, match="seed -1; expected zero or a positive number"):
        draw(Stretches.of(frame_of(6), NONE), Plan(2, -1))
