"""Which sentences without minutes tell of an act, which of something beside it, and what is settled by totals."""

from __future__ import annotations

from datetime import date

import pytest

from cleanclaim.coding import WhyLeftOut, read_note
from cleanclaim.coding.acts import Telling, telling
from cleanclaim.coding.details import whole_visit_by
from cleanclaim.coding.totals import totals
from cleanclaim.records import By

DAY = date(2026, 3, 4)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("bridges and clams 3 x 10", Telling.ACT),
        ("bridges 3 x 10, pain 2/10", Telling.ACT),
        ("practiced car transfers with her husband", Telling.ACT),
        ("reviewed the home program", Telling.ACT),
        ("bridges, clams, straight leg raises", Telling.OPEN),
        ("left shoulder flexion 118, external rotation 30", Telling.BESIDE),
        ("gait speed 0.62 m/s, wide base", Telling.BESIDE),
        ("berg 38/56", Telling.BESIDE),
        ("sit to stand 5x = 21 s", Telling.BESIDE),
        ("single leg stance 24 seconds, 15 last wednesday", Telling.BESIDE),
        ("needed verbal cues to keep the quad engaged", Telling.BESIDE),
        ("she needs a therapist because loading must be graded", Telling.BESIDE),
        ("donning goal nearly met", Telling.BESIDE),
        ("see friday after the prosthetist's adjustment", Telling.BESIDE),
        ("second prosthesis visit", Telling.BESIDE),
        ("lives with daughter, one step at entry", Telling.BESIDE),
        ("4 losses of balance at start, 1 at end", Telling.BESIDE),
    ],
)
def test_the_shape_of_a_sentence_says_what_it_tells(sentence: str, expected: Telling) -> None:
    assert telling(sentence) is expected


def test_minutes_that_add_up_leave_nothing_for_what_has_none() -> None:
    text = "Leg press, bridges 3x10 for strength 23 min.\n\nWalked 4 x 20 feet with the cane, cue for heel strike.\nTimed minutes: {}."
    told = read_note(text.format(23), day=DAY)
    short = read_note(text.format(38), day=DAY)

    assert [mention.code for mention in told.mentions] == ["97110"]
    assert [item.why for item in told.left_out] == [WhyLeftOut.TOLD]
    assert [(mention.code, mention.minutes is None) for mention in short.mentions] == [
        ("97110", False),
        ("97116", True),
    ]
    assert short.left_out == ()


def test_a_service_named_outright_is_kept_though_no_minutes_are_left_for_it() -> None:
    reading = read_note("Leg press, bridges for strength 23 min. Gait training with cane.\nTimed minutes: 23.", day=DAY)

    assert [mention.code for mention in reading.mentions] == ["97110", "97116"]


def test_a_surplus_that_names_no_service_is_left_out() -> None:
    text = "Leg press and bridges for strength 23 min. Held the squat at the wall 5 min while resting arms.\nTimed minutes: {}."

    assert [mention.minutes.value for mention in read_note(text.format(23), day=DAY).mentions if mention.minutes] == [
        23
    ]
    assert len(read_note(text.format(28), day=DAY).mentions) == 2


def test_minutes_alone_belong_to_the_act_before_them() -> None:
    (mention,) = read_note("Heel slides, quad sets 3x10. 20 min.", day=DAY).mentions
    assert mention.minutes is not None
    assert (mention.code, mention.minutes.value) == ("97110", 20)

    reading = read_note("Quad sets 3x10. Patellar mobilization grade III. 20 min.", day=DAY)
    assert [item.minutes.value for item in reading.shared_minutes] == [20]
    assert [item.minutes for item in reading.mentions] == [None, None]


def test_what_follows_an_act_says_its_response() -> None:
    text = "Quad sets and leg press for strength, 23 minutes one-on-one; needed verbal cues to stop hip hiking."
    (mention,) = read_note(text, day=DAY).mentions

    assert mention.minutes is not None
    assert mention.minutes.value == 23
    assert mention.response is not None
    assert mention.response.value == "needed verbal cues to stop hip hiking"


@pytest.mark.parametrize(
    ("text", "timed", "treatment"),
    [
        ("Timed treatment came to 38 minutes and the visit to 45 minutes of treatment including reassessment.", 38, 45),
        ("No timed services. Total treatment time 20 min.", 0, 20),
        ("Total treatment minutes 180; timed 15-minute services 0", 0, 180),
        ("Timed 38 min, total 38 min.", 38, 38),
        ("Evaluation only. Total time 35 min; timed 0.", 0, 35),
        ("Timed 30. Total 45.", 30, 45),
        ("UBE 5 min, rows, total 20 min.", None, None),
    ],
)
def test_totals_told_in_sentences(text: str, timed: int | None, treatment: int | None) -> None:
    found = totals(text)
    assert (found.timed.value if found.timed else None) == timed
    assert (found.treatment.value if found.treatment else None) == treatment


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Seen by Pat Sample, PTA, the whole visit.", By.PTA),
        ("All treatment today by P. Sample, PTA.", By.PTA),
        ("P. Sample, PTA, under the supervision of A. Sample, PT", By.PTA),
        ("P. Sample, PTA, gave the exercise; A. Sample, PT, the rest.", None),
        ("The whole visit was a success.", None),
    ],
)
def test_who_furnished_the_whole_visit(text: str, expected: By | None) -> None:
    found = whole_visit_by(text)
    assert (found.value if found else None) is expected


def test_a_visit_by_an_assistant_is_so_for_every_service() -> None:
    text = "Seen by Pat Sample, PTA, the whole visit. Leg press, bridges for strength 30 min. Gait with cane, cue heel strike, 15 min."
    assert [mention.by.value for mention in read_note(text, day=DAY).mentions if mention.by] == [By.PTA, By.PTA]


@pytest.mark.parametrize(
    ("opening", "code"),
    [("Second prosthesis visit.", "97763"), ("First session with the new limb.", "97761"), ("Seen today.", None)],
)
def test_the_encounter_is_settled_by_the_note(opening: str, code: str | None) -> None:
    text = f"{opening}\n\nProsthetic training, 30 minutes one-on-one: sock ply rules, stepping inside the bars."
    (mention,) = read_note(text, day=DAY).mentions
    assert mention.code == code
    assert (mention.suggestions.must_ask is not None) is (code is None)


def test_minutes_that_name_nothing_go_with_the_words_beside_them() -> None:
    before = "Two people in the water group besides him; 30 minutes of the same, and I went from one to the next."
    (mention,) = read_note(before, day=DAY).mentions
    assert mention.minutes is not None
    assert mention.group_size is not None
    assert (mention.code, mention.minutes.value, mention.group_size.value) == ("97150", 30, 3)

    after = "Thirty minutes one-on-one. We practiced rolling, sitting up and rising from a low chair."
    (mention,) = read_note(after, day=DAY).mentions
    assert mention.minutes is not None
    assert (mention.code, mention.minutes.value) == ("97530", 30)


def test_a_person_named_for_a_part_is_not_taken_for_the_whole() -> None:
    assert whole_visit_by("Seen by Pat Sample, PTA, for exercise, and by me for the hands-on part.") is None
    found = whole_visit_by("O: Seen by Pat Sample, PTA. Leg press 15 min.")
    assert found is not None
    assert found.value is By.PTA
