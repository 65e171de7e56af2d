"""What is done about denials: every reason of the trade has an entry, and the entries say what the trade knows."""

from __future__ import annotations

from typing import Any

import pytest

from cleanclaim.reference import adjustments, denials
from cleanclaim.reference.adjustments import AdjustmentKind
from cleanclaim.reference.denials import Chance, DenialCause, Route
from cleanclaim.reference.reading import TableError
from cleanclaim.rules import book

# The reasons and remarks that therapy practices meet, written down from the published lists and trade lists of denials,
# not from the file.
REASONS = """
    1 2 3 4 11 15 16 18 19 20 21 22 23 24 26 27 29 31 35 38 45 50 59 96 97 107 109 119 125 146 149 151 163 164 167 170
    181 182 185 197 198 204 222 236 242 243 250 251 252 253 272 273 284 288 296 302 8 B5 B7 B11 B15 P2 P4 P12 P13 P14
    P21 P22 P23
"""
REMARKS = """
    M51 M76 N290 N286 N822 MA130 N115 N661 N362 N485 N486 N465 N466 M141 N238 N519 N180 N640 N435 N702 N670 N851 N566
    N572 N122 N428 M77 N574 N575 N255 N781 N782 N783 MA13
"""


def test_every_reason_and_remark_of_the_trade_has_an_entry() -> None:
    assert [code for code in REASONS.split() if denials.carc(code) is None] == []
    assert [code for code in REMARKS.split() if denials.rarc(code) is None] == []
    assert (denials.carc("9999"), denials.rarc("N1")) == (None, None)


def test_the_entries_are_the_codes_that_are_explained() -> None:
    explained = {(item.kind, item.code) for item in adjustments.described()}
    assert {(item.kind, item.code) for item in denials.handlings()} == explained
    assert len(denials.handlings()) == 181


@pytest.mark.parametrize(
    ("code", "cause", "route"),
    [
        ("1", DenialCause.PATIENT, Route.PATIENT),
        ("4", DenialCause.CODING, Route.CORRECT),
        ("16", DenialCause.FRONT_OFFICE, Route.REMARK),
        ("18", DenialCause.PAYER, Route.STATUS),
        ("22", DenialCause.FRONT_OFFICE, Route.OTHER_PAYER),
        ("29", DenialCause.FRONT_OFFICE, Route.APPEAL),
        ("45", DenialCause.PAYER, Route.NOTHING),
        ("50", DenialCause.DOCUMENTATION, Route.APPEAL),
        ("151", DenialCause.CODING, Route.RECORDS),
        ("185", DenialCause.FRONT_OFFICE, Route.ENROLLMENT),
        ("197", DenialCause.FRONT_OFFICE, Route.AUTHORIZATION),
        ("222", DenialCause.PAYER, Route.GIVE_UP),
        ("227", DenialCause.PATIENT, Route.ASK_PATIENT),
        ("252", DenialCause.DOCUMENTATION, Route.RECORDS),
        ("39", DenialCause.FRONT_OFFICE, Route.APPEAL),
        ("100", DenialCause.FRONT_OFFICE, Route.PATIENT),
        ("112", DenialCause.DOCUMENTATION, Route.RECORDS),
        ("129", DenialCause.CODING, Route.CORRECT),
        ("133", DenialCause.PAYER, Route.STATUS),
        ("144", DenialCause.PAYER, Route.NOTHING),
        ("183", DenialCause.FRONT_OFFICE, Route.CORRECT),
        ("190", DenialCause.FRONT_OFFICE, Route.OTHER_PAYER),
        ("208", DenialCause.FRONT_OFFICE, Route.ENROLLMENT),
        ("209", DenialCause.PAYER, Route.OTHER_PAYER),
        ("237", DenialCause.PAYER, Route.NOTHING),
        ("257", DenialCause.PATIENT, Route.STATUS),
        ("303", DenialCause.PAYER, Route.NOTHING),
        ("B9", DenialCause.FRONT_OFFICE, Route.CORRECT),
        ("B13", DenialCause.PAYER, Route.STATUS),
    ],
)
def test_reasons_by_cause_and_route(code: str, cause: DenialCause, route: Route) -> None:
    found = denials.carc(code)
    assert found is not None
    assert (found.cause, found.route) == (cause, route)


@pytest.mark.parametrize(
    "code", ["1", "2", "3", "23", "45", "59", "133", "144", "209", "222", "237", "275", "303", "P12"]
)
def test_what_no_appeal_can_win(code: str) -> None:
    found = denials.carc(code)
    assert found is not None
    assert not found.may_appeal
    assert found.never_because


def test_a_claim_that_was_not_processed_is_not_appealed() -> None:
    found = denials.rarc("MA130")
    assert found is not None
    assert (found.may_appeal, found.route, found.decides) == (False, Route.NEW_CLAIM, True)


def test_medicare_differs_where_it_differs() -> None:
    late = denials.carc("29")
    assert late is not None
    assert (late.for_payer("commercial").may_appeal, late.for_payer("medicare_b").may_appeal) == (True, False)
    assert late.for_payer("medicare_b").route is Route.GIVE_UP
    over = denials.carc("119")
    assert over is not None
    assert (over.for_payer("medicare_b").route, over.for_payer("medicaid").route) == (Route.CORRECT, Route.PATIENT)
    elsewhere = denials.carc("24")
    assert elsewhere is not None
    assert "Medicare Advantage" in elsewhere.for_payer("medicare_b").because
    assert "medical group" in elsewhere.for_payer("commercial").because
    twice = denials.carc("18")
    assert twice is not None
    assert twice.for_payer("medicare_b").route is Route.REOPENING
    assert twice.for_payer(None) is twice


def test_a_protected_patient_is_never_asked() -> None:
    for code in ("N781", "N782", "N783"):
        found = denials.rarc(code)
        assert found is not None
        assert (found.route, found.decides) == (Route.OTHER_PAYER, True)


def test_nothing_to_win_has_no_chance_and_the_other_way_round() -> None:
    for item in denials.handlings():
        nothing = item.route in {Route.NOTHING, Route.GIVE_UP, Route.PATIENT} and not item.may_appeal
        assert nothing == (item.chance is Chance.NONE and item.route is not Route.NEW_CLAIM), item.code


def test_only_shares_of_cost_are_shares_of_cost() -> None:
    assert [item.code for item in denials.handlings() if item.is_cost_share] == ["1", "2", "3", "178", "275"]
    assert [item.code for item in denials.handlings() if item.is_pair] == ["97", "231", "236", "M80", "N20"]


def test_the_rules_named_are_rules() -> None:
    codes = [rule.code for rule in book.rules()]
    named = {begins for item in denials.handlings() for begins in item.rules}
    assert sorted(begins for begins in named if not any(code.startswith(begins) for code in codes)) == []


def test_grades_put_better_chances_first() -> None:
    points = [denials.grade(chance).points for chance in Chance]
    assert points == sorted(points, reverse=True)
    assert points[-1] == 0


def test_figures() -> None:
    found = denials.figures()
    assert found.nearness == ((7, 4), (30, 2))
    assert (found.weight_later, found.weight_unknown, found.own_answers, found.unanswered_days) == (1, 2, 20, 30)
    assert (found.lag_answers, found.lag_percent, found.lag_look_back_days) == (20, 95, 365)
    assert (found.lag_least_days, found.lag_most_days) == (14, 60)
    assert (found.small_cents, found.small_percent) == (100, 5)


def entry(**changes: Any) -> dict[str, Any]:
    """A file with one reason, changed."""
    source = {"publisher": "P", "title": "T", "section": "S", "read_on": denials.figures().source.read_on}
    grade = {"label": "a", "meaning": "b", "points": 1, "source": "s"}
    reason = {"cause": "coding", "route": "correct", "chance": "good", "because": "c", "appeal": True, "source": "s"}
    figures = {
        "nearness": [{"days": 7, "weight": 4}], "weight_later": 1, "weight_unknown": 2, "own_answers": 20,
        "rounding_cents_per_unit": 1, "unanswered_days": 30, "lag_answers": 20, "lag_percent": 95,
        "lag_least_days": 14, "lag_most_days": 60, "lag_look_back_days": 365, "asked_again_days": 14,
        "small_cents": 100, "small_percent": 5, "source": "s",
    }  # fmt: skip
    return {
        "sources": {"s": source},
        "grade": {chance.value: dict(grade) for chance in Chance},
        "figures": figures,
        "carc": {"4": reason | changes},
    }


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"route": "hope"}, "route is 'hope'"),
        ({"appeal": False}, "never_because"),
        ({"never_because": "x"}, "never_because"),
        ({"chance": "70%"}, "chance is '70%'"),
        ({"source": "nobody"}, "cites 'nobody'"),
        ({"percent": 70}, "unknown key 'percent'"),
    ],
)
def test_a_file_that_says_something_else_does_not_load(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(TableError, match=told):
        denials.parse("denials.toml", entry(**changes))


def test_the_smallest_file_loads() -> None:
    found = denials.parse("denials.toml", entry())
    assert found.handlings[AdjustmentKind.CARC, "4"].for_payer("medicare_b").route is Route.CORRECT
