"""Shapes of notes: columns of blanks, bare numbers that add up, second acts, refusals told together, programs."""

from __future__ import annotations

from datetime import date

import pytest

from cleanclaim.coding import NoteReading, WhyLeftOut, read_note


def read(text: str) -> NoteReading:
    return read_note(text, day=date(2026, 3, 4), payer_stimulation_code="G0283")


def told(text: str) -> list[tuple[int | None, str | None]]:
    return [(mention.minutes.value if mention.minutes else None, mention.code) for mention in read(text).mentions]


def test_columns_of_blanks_are_a_table_under_a_head_that_names_minutes() -> None:
    text = "Code    Service        Min\n97110   Ther ex        22\n97140   Manual         10"
    assert told(text) == [(22, "97110"), (10, "97140")]


def test_columns_of_blanks_without_such_a_head_are_no_table() -> None:
    assert told("97110   Ther ex        22\n97140   Manual         10") == [(None, "97110"), (None, "97140")]


def test_a_row_of_another_width_is_not_read_by_the_columns() -> None:
    text = "Code    Service        Min\n97110   22"
    assert told(text) == [(None, "97110")]


@pytest.mark.parametrize(
    "text",
    [
        "[12] joint mobs grade III\n[18] leg press, squats\nTimed 30",
        "Joint mobs grade III - 12\nLeg press, squats - 18\nTotal treatment 30 min",
        "Joint mobs grade III 12, leg press and squats 18. Timed 30",
        "12 - joint mobs grade III\n18 - leg press, squats\nTimed 30",
    ],
)
def test_bare_numbers_that_add_up_to_the_total_are_minutes(text: str) -> None:
    assert told(text) == [(12, "97140"), (18, "97110")]


@pytest.mark.parametrize(
    "text",
    [
        "[12] joint mobs grade III\n[18] leg press, squats\nTimed 31",
        "[12] joint mobs grade III\n[18] leg press, squats",
        "[12] joint mobs grade III\n[18] leg press, squats\nultrasound 8 min\nTimed 30",
    ],
)
def test_bare_numbers_that_do_not_are_not(text: str) -> None:
    assert told(text)[:2] == [(None, "97140"), (None, "97110")]


def test_a_second_act_behind_the_minutes_of_the_first_has_none_of_them() -> None:
    assert told("Bike 6 minutes to build endurance, then patellar glides grade III.") == [
        (6, "97110"),
        (None, "97140"),
    ]
    assert told("Bike 6 minutes to build endurance, then patellar glides grade III. That took 12 minutes.") == [
        (6, "97110"),
        (12, "97140"),
    ]


def test_positions_behind_a_label_are_no_second_act() -> None:
    assert told("Exercise for 23 minutes: seated then standing heel raises") == [(23, "97110")]


def test_a_refusal_told_of_several_holds_for_each() -> None:
    reading = read("Ultrasound and e-stim skipped for time.")
    assert reading.mentions == ()
    assert [(item.what, item.why) for item in reading.left_out] == [
        ("Ultrasound", WhyLeftOut.NEGATED),
        ("e-stim skipped for time.", WhyLeftOut.NEGATED),
    ]


def test_what_has_minutes_or_stands_behind_a_comma_was_not_refused() -> None:
    assert told("Ultrasound 8 min and e-stim skipped.") == [(8, "97035")]
    assert told("STM to the calf, ultrasound deferred.") == [(None, "97140")]


def test_words_of_a_service_that_has_its_minutes_elsewhere_are_no_second_one() -> None:
    reading = read("97110 22 min\n97140 10 min\nTimed 32\nManual: first rib mobs. TE: rows, lat pulls.")
    assert [mention.minutes.value for mention in reading.mentions if mention.minutes] == [22, 10]
    assert len(reading.mentions) == 2
    assert {item.why for item in reading.left_out} == {WhyLeftOut.TOLD}


@pytest.mark.parametrize(("minutes", "code"), [(119, "97530"), (120, "97545")])
def test_hours_of_a_named_program_are_the_program(minutes: int, code: str) -> None:
    text = f"Work hardening, day 7.\nLifting crates floor to waist, pushing carts, {minutes} min."
    assert told(text) == [(minutes, code)]


def test_a_planned_program_is_not_todays() -> None:
    assert told("Will start work hardening next week.\nLifting crates floor to waist, 120 min.") == [(120, "97530")]


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("Balance exercise with another patient, 20 min", 2),
        ("Bike 5 min while I was finishing with another patient", None),
        ("Balance exercise with 3 pts, 20 min", 3),
        ("10-33 PT: balance exercise (23 min)", None),
        ("Class, six in the room: wall squats, 45 min", 6),
    ],
)
def test_who_shared_the_treatment(text: str, size: int | None) -> None:
    (mention,) = read(text).mentions
    assert (mention.group_size.value if mention.group_size else None) == size


def test_a_result_beside_an_act_is_no_service() -> None:
    assert told("CRM for L posterior canal x 2, second test neg - 10 min") == [(10, "95992")]


def test_what_minutes_were_spent_on_goes_up_to_the_next_act() -> None:
    text = "ten minutes of joint mobs and scar release then twenty minutes of leg press and squats"
    assert told(text) == [(10, "97140"), (20, "97110")]


@pytest.mark.parametrize(("timed", "found"), [(18, [(18, "97140")]), (30, [(18, "97140"), (None, "97110")])])
def test_what_was_set_aside_is_told_when_the_total_leaves_minutes_for_it(
    timed: int, found: list[tuple[int | None, str]]
) -> None:
    text = f"Joint mobs grade III 18 min\n\nLeg press, squats\n\nTimed {timed} min"
    assert told(text) == found
