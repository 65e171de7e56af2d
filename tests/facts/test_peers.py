"""Comparisons with peers: the test against closed forms, and what counts as standing out."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import polars as pl
import pytest

from cleanclaim.check.judge import Judge
from cleanclaim.facts.peers import standing
from cleanclaim.facts.peers.welch import Sample, chance_above, regularized_beta
from cleanclaim.rules import book
from cleanclaim.rules.notation import parse


def sample(*values: int) -> Sample:
    return Sample.of(len(values), sum(values), sum(value * value for value in values))


@pytest.mark.parametrize(
    ("a", "b", "x", "expected"),
    [
        (1, 1, 0.3, 0.3),
        (2, 1, 0.3, 0.09),
        (1, 3, 0.2, 1 - 0.8**3),
        (4.5, 4.5, 0.5, 0.5),
        (0.5, 0.5, 0.25, 1 / 3),
        (2, 3, 0.0, 0.0),
        (2, 3, 1.0, 1.0),
    ],
)
def test_incomplete_beta_has_its_closed_forms(a: float, b: float, x: float, expected: float) -> None:
    assert regularized_beta(a, b, x) == pytest.approx(expected, abs=1e-12)


def test_chance_follows_the_closed_form_of_four_degrees_of_freedom() -> None:
    low, high = sample(1, 2, 3), sample(2, 3, 4)
    t = 1 / math.sqrt(2 / 3)
    share = t / math.sqrt(1 + t * t / 4)
    tail = 0.5 - 3 / 8 * share * (1 - t * t / (1 + t * t / 4) / 12)
    assert chance_above(high, low) == pytest.approx(tail, abs=1e-12)
    assert chance_above(low, high) == pytest.approx(1 - tail, abs=1e-12)
    assert chance_above(low, low) == pytest.approx(0.5, abs=1e-12)


def test_a_sample_that_cannot_vary_proves_nothing_and_constants_prove_all() -> None:
    assert chance_above(sample(9), sample(1, 2, 3)) == 1.0
    assert chance_above(sample(9, 9), sample(1)) == 1.0
    assert chance_above(sample(9, 9), sample(1, 1)) == 0.0
    assert chance_above(sample(1, 1), sample(9, 9)) == 1.0
    assert chance_above(sample(1, 1), sample(1, 1)) == 1.0


def claims_of(units: dict[str, tuple[int, ...]], *, kx: str = "") -> pl.DataFrame:
    """Every visit judged, one a patient and day; the claims with their standing."""
    text = []
    for place, (npi, own) in enumerate(units.items()):
        for number, count in enumerate(own):
            text += [
                f"visit 2026-03-{number + 2:02d} medicare_b patient_id={100 * place + number} rendering_npi={npi}",
                f"  97110 GP{' KX' if npi == kx else ''} x{count} {15 * count}min",
            ]
    rule = [one for one in book.rules() if one.code in {"TD107", "TH106"}]
    return Judge(rule).judge(parse("\n".join(text))).workspace.frames["claims"]


def told(claims: pl.DataFrame, name: str) -> list[Any]:
    return claims.filter("is_last_of_therapist").sort("rendering_npi").get_column(name).to_list()


def test_a_day_that_two_therapists_share_is_a_visit_to_each() -> None:
    text = []
    for npi in ("1", "2"):
        text += [f"visit 2026-03-02 medicare_b patient_id=7 billing_npi=5 rendering_npi={npi}", "  97110 GP x2 30min"]
    rule = [one for one in book.rules() if one.code == "TD107"]
    found = Judge(rule).judge(parse("\n".join(text))).workspace.frames["claims"]

    assert told(found, "units_own_count") == [1, 1]
    assert told(found, "units_others_count") == [1, 1]


def test_a_visit_counts_the_units_of_the_claims_that_name_the_therapist_and_no_others() -> None:
    # One day of one patient: therapist 1 bills two claims of two units and one, therapist 2 one claim of three.
    text = []
    for npi, billed in (("1", "97110 GP x2 30min"), ("2", "97140 GP x3 45min"), ("1", "97112 GP x1 15min")):
        text += [f"visit 2026-03-02 medicare_b patient_id=7 billing_npi=5 rendering_npi={npi}", f"  {billed}"]
    # Another patient of each, and a code that is not timed.
    for npi in ("1", "2"):
        text += [f"visit 2026-03-03 medicare_b patient_id=8{npi} rendering_npi={npi}", "  97110 GP x4 60min"]
        text += ["  97161 GP x1"]
    rule = [one for one in book.rules() if one.code == "TD107"]
    found = Judge(rule).judge(parse("\n".join(text))).workspace.frames["claims"]

    assert told(found, "units_own_count") == [2, 2]
    assert told(found, "units_own_sum") == [2 + 1 + 4, 3 + 4]
    assert told(found, "units_others_sum") == [3 + 4, 2 + 1 + 4]


def test_a_visit_one_of_whose_claims_is_of_unknown_units_leaves_its_therapist_uncompared_and_no_other() -> None:
    text = []
    for npi, units in (("1", "2"), ("2", "?"), ("1", "1")):
        text += [f"visit 2026-03-02 medicare_b patient_id=7 billing_npi=5 rendering_npi={npi}"]
        text += [f"  97110 GP x{units} 30min"]
    rule = [one for one in book.rules() if one.code == "TD107"]
    found = Judge(rule).judge(parse("\n".join(text))).workspace.frames["claims"]

    assert told(found, "units_own_sum") == [3, None]
    assert told(found, "units_peers") == [0, None]


def test_one_in_the_top_tenth_stands_out_and_one_below_it_does_not() -> None:
    low = {f"{number}": (2, 3, 2, 3) for number in range(1, 10)}
    found = claims_of({**low, "900": (6, 5, 6, 6)})
    assert told(found, "units_stands_out") == [False] * 9 + [True]
    assert told(found, "units_peers") == [9] * 10
    # With a second as high, only eight of nine others lie below: not more than nine in ten.
    found = claims_of({**low, "900": (6, 5, 6, 6), "901": (6, 6, 6, 6)})
    assert told(found, "units_stands_out") == [False] * 10 + [True]


def test_a_higher_mean_that_chance_explains_does_not_stand_out() -> None:
    found = claims_of({"1": (1, 4, 2, 3), "2": (2, 4, 3, 3)})
    assert told(found, "units_stands_out") == [False, False]
    assert told(found, "units_own_sum") == [10, 12]


def test_units_and_kx_are_counted_for_the_therapist_and_for_the_others() -> None:
    found = claims_of({"1": (2, 2, 2, 2, 2), "2": (2, 2, 2, 2, 3)}, kx="2").filter("is_last_of_therapist")
    row = found.filter(pl.col("rendering_npi") == "2").row(0, named=True)
    assert (row["units_own_count"], row["units_own_sum"]) == (5, 11)
    assert (row["units_others_count"], row["units_others_sum"]) == (5, 10)
    assert (row["kx_own_count"], row["kx_own_sum"], row["kx_others_sum"]) == (5, 5, 0)
    assert (row["kx_stands_out"], row["units_stands_out"]) == (True, False)
    assert row["date_of_service"] == date(2026, 3, 6)


def test_the_same_figures_are_compared_once_and_others_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def counted(one: Sample, other: Sample) -> float:
        asked.append(one)
        return chance_above(one, other)

    monkeypatch.setattr(standing, "chance_above", counted)
    of: dict[str, tuple[int, ...]] = {"7101": (1, 4, 2, 7), "7102": (2, 4, 3, 5)}
    first = claims_of(of)
    compared = len(asked)
    assert compared == 4  # two therapists, in units and in KX
    again = claims_of(of)
    assert len(asked) == compared
    assert again.equals(first)
    other = claims_of({**of, "7102": (2, 4, 3, 6)})
    assert len(asked) == compared + 2  # the units anew; of KX nothing is other
    assert told(other, "units_own_sum") == [14, 15]


def test_other_disciplines_are_no_peers() -> None:
    text = (
        "visit 2026-03-04 medicare_b rendering_npi=1\n  97110 GP x2 30min\n"
        "visit 2026-03-04 medicare_b patient_id=2 rendering_npi=2 discipline=OT\n  97110 GO x2 30min"
    )
    rule = [one for one in book.rules() if one.code == "TD107"]
    claims = Judge(rule).judge(parse(text)).workspace.frames["claims"]
    assert claims.get_column("units_peers").to_list() == [0, 0]
