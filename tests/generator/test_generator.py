"""The generator is right by the published examples, draws the same from the same seed, and finds the rules at work."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from tests.generator.adapter import judge
from tests.generator.archives import KINDS, THERAPISTS, VISITS, archives
from tests.generator.arithmetic import assistant_units, by_code, check_digit, luhn_holds, pooled, pooled_total
from tests.generator.claim_text import ClaimText, amount, round_cents
from tests.generator.clean import Maker, Wish
from tests.generator.code_tables import edits, excluded, unlikely, valid_on
from tests.generator.damage import DAMAGES, damaged
from tests.generator.damage.damaging import moved
from tests.generator.defects import REGISTER, concepts, planted
from tests.generator.filing import Filer, Filing
from tests.generator.near_misses import NEAR, near_misses
from tests.generator.row_defects import SLIPS, slipped
from tests.generator.score import Sizes, accepted, labels, score
from tests.generator.terms import THRESHOLD


@pytest.mark.parametrize(
    ("minutes", "units"),
    [  # Pub 100-04 ch. 5 §20.2, examples 1, 3 and 4; 2 and 5 leave the therapist a choice
        ({"97112": 24, "97110": 23}, {"97112": 2, "97110": 1}),
        ({"97110": 33, "97140": 7}, {"97110": 2, "97140": 1}),
        ({"97110": 18, "97140": 13, "97116": 10, "97035": 8}, {"97110": 1, "97140": 1, "97116": 1, "97035": 0}),
        ({"97112": 20, "97110": 20}, None),
        ({"97112": 7, "97110": 7, "97140": 7}, None),
    ],
)
def test_pooled_minutes(minutes: dict[str, int], units: dict[str, int] | None) -> None:
    assert pooled(minutes) == units


@pytest.mark.parametrize(("minutes", "units"), [(7, 0), (8, 1), (22, 1), (23, 2), (37, 2), (38, 3), (127, 8)])
def test_chart(minutes: int, units: int) -> None:
    assert pooled_total(minutes) == units


@pytest.mark.parametrize(("minutes", "units"), [(7, 0), (8, 1), (22, 1), (23, 2), (37, 2), (38, 3)])
def test_midpoint(minutes: int, units: int) -> None:
    assert by_code({"97110": minutes}) == {"97110": units}


@pytest.mark.parametrize(
    ("therapist", "assistant", "units", "answer"),
    [  # facts_checked.md D8: without and with the assistant's modifier, from 2022
        (5, 10, 1, (0, 1)),
        (13, 23, 2, (1, 1)),
        (15, 13, 2, (1, 1)),
        (30, 0, 2, (2, 0)),
        (10, 10, 1, (1, 0)),
        (8, 1, 1, (1, 0)),
        (20, 25, 3, (1, 2)),
        (12, 14, 2, (1, 1)),
        (8, 7, 1, (1, 0)),
        (7, 8, 1, (0, 1)),
        (0, 22, 1, (0, 1)),
    ],
)
def test_assistant_units(therapist: int, assistant: int, units: int, answer: tuple[int, int]) -> None:
    assert assistant_units(therapist, assistant, units) == answer


def test_identifiers_and_tables() -> None:
    assert check_digit("123456789") == "1234567893"
    assert not luhn_holds("808401234567890")
    assert edits()["97140", "97124"] == edits()["97124", "97140"] == 0
    assert ("97140", "97530") not in edits()
    assert unlikely()["97110"] == 6
    assert excluded("M54.50", "M54.41")
    assert not excluded("R26.81", "R29.6")
    assert valid_on("M72.2", Maker(1, "T").case(Wish(period="2026q1")).visits[0].date_of_service)


def test_same_seed_same_visits() -> None:
    one, other = (list(Maker(4, "C").cases(60)) for _ in range(2))
    assert one == other
    assert one != list(Maker(5, "C").cases(60))


def test_keys_are_unique_and_nobody_is_in_two_places() -> None:
    cases = list(Maker(9, "C").cases(600))
    visits = [visit for case in cases for visit in case.visits]
    assert len({visit.id for visit in visits}) == len(visits) >= 600
    helped = Counter((visit.date_of_service, visit.assistant, visit.time_in) for visit in visits if visit.assistant)
    assert max(helped.values()) == 1
    members = Counter(case.patient.coverages[0].member_id for case in cases)
    assert max(members.values()) == 1


def test_threshold_cases_are_above_it() -> None:
    case = Maker(2, "T").case(Wish(payer="medicare_b", kx=True, billed=True))
    (amount,) = case.patient.year_to_date or ()
    assert amount.at_least_cents > THRESHOLD[amount.year]
    assert all("KX" in line.modifiers for visit in case.visits for line in visit.billed or ())


def test_kinds_are_many_and_evenly_spread() -> None:
    assert len(REGISTER) >= 150
    drawn = Counter(mistake.label for mistake in planted(len(REGISTER) + 3, 8))
    assert set(drawn) == set(concepts())
    assert set(drawn.values()) == {1, 2}
    assert all(sentence.endswith(".") for sentence in concepts().values())


def test_every_label_is_mapped() -> None:
    assert set(accepted()) == labels() >= set(REGISTER)
    assert len(labels()) >= 400


def test_every_way_has_labels_of_its_own() -> None:
    assert len(labels()) == len(REGISTER) + len(DAMAGES) + len(SLIPS) + len(KINDS)


def test_claim_text_is_changed_in_one_place_and_counted_anew() -> None:
    (filed,) = Filer(4, "G").claims([Filing(Wish(payer="medicare_b", codes=("97110", "97140"), evaluation=False))])
    text = filed.text
    assert ClaimText.of(text.data()) == text
    place = text.places("DTP", "472")[0]
    shorter = text.without(place)
    counted = int(text.segments[text.places("SE")[0]][1])
    assert ClaimText.of(shorter.data()).segments[shorter.places("SE")[0]][1] == str(counted - 1)
    assert text.set(text.places("SV1")[0], 2, "0").totalled().element("CLM", 2) != text.element("CLM", 2)
    assert text.element("CLM", 2) == text.totalled().element("CLM", 2)
    later = moved(text, date(2031, 3, 4))
    assert later.segments[place][3] == "20310304"
    assert later.element("DMG", 2) == text.element("DMG", 2)


@pytest.mark.parametrize(("text", "cents"), [("0", 0), ("12", 1200), ("12.5", 1250), ("0.07", 7), ("-3.10", -310)])
def test_amounts_of_claim_files(text: str, cents: int) -> None:
    assert round_cents(text) == cents
    assert round_cents(amount(cents)) == cents


def test_answers_to_a_second_payer_balance_to_the_cent() -> None:
    filings = [Filing(Wish(payer="medicare_b", period="2026q1"), second=True)] * 3
    for filed in Filer(6, "G").claims(filings):
        text = filed.text
        paid = sum(round_cents(text.segments[place][2]) for place in text.places("SVD"))
        taken = sum(round_cents(cell) for place in text.places("CAS") for cell in text.segments[place][3::3])
        assert paid == round_cents(text.segments[text.places("AMT", "D")[0]][2]) > 0
        assert paid + taken == round_cents(text.element("CLM", 2))


def test_same_seed_same_damage() -> None:
    assert damaged(12, 3) == damaged(12, 3)
    assert slipped(12, 3) == slipped(12, 3)


def test_archives_have_one_who_stands_out() -> None:
    units: Counter[str] = Counter()
    one = archives(1, 5)[0]
    for row in one.rows.rows:
        units[row["npi"]] += int(row["units"])
    (first, most), (_, next_most) = units.most_common(2)
    assert first == one.rows.rows[0]["npi"]
    assert most > 2 * next_most
    assert len(one.keys) == VISITS
    assert len({row["claim"] for row in one.rows.rows}) == VISITS * THERAPISTS


def test_near_misses_differ_from_what_is_planted() -> None:
    assert len(NEAR) >= 19
    drawn = Counter(label for label, _ in near_misses(len(NEAR), 3))
    assert set(drawn) == set(NEAR)


@pytest.mark.slow
def test_most_mistakes_are_found_and_few_clean_visits_accused() -> None:
    small = Sizes(
        visits=300, near_misses=2 * len(NEAR), files=80, rows=40, archives=1, visit_defects=len(REGISTER),
        file_defects=len(DAMAGES), row_defects=len(SLIPS), archive_rounds=1,
    )  # fmt: skip
    result = score(judge, small, seed=77)
    report = "\n".join(result.lines())
    assert result.false_positive_rate <= 0.01, report
    assert result.recall >= 0.95, report
