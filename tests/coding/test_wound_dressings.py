"""A wrap over a debrided wound is its dressing; a wrap of any other place stands for itself."""

from __future__ import annotations

from datetime import date

import pytest

from cleanclaim.coding import WhyLeftOut, read_note

DEBRIDED = "Sharp selective debridement of slough with curette and forceps, 9 sq cm, 15 min."


def read(text: str) -> tuple[list[str | None], list[WhyLeftOut]]:
    reading = read_note(text, day=date(2026, 3, 4), payer_stimulation_code="G0283")
    return [mention.code for mention in reading.mentions], [item.why for item in reading.left_out]


@pytest.mark.parametrize(
    "text",
    [
        f"{DEBRIDED} Multilayer compression wrap put on.",
        f"Right ankle ulcer. {DEBRIDED} Multilayer compression wrap to the right lower leg.",
        f"Ulcers of both legs. {DEBRIDED} Multilayer compression wrap to the right leg.",
        f"{DEBRIDED} Unna boot applied.",
        f"Left forearm wound. {DEBRIDED} Short stretch bandage of the left arm, hand to axilla.",
        f"Wound at the left shin. {DEBRIDED} Four layer compression bandage, toes to knee, 12 min.",
    ],
)
def test_a_wrap_over_the_wound_is_its_dressing(text: str) -> None:
    assert read(text) == (["97597"], [WhyLeftOut.DRESSING])


@pytest.mark.parametrize(
    ("text", "wrap"),
    [
        (f"Right ankle ulcer. {DEBRIDED} Multilayer compression wrap to the left leg.", "29581"),
        (f"Right ankle ulcer. {DEBRIDED} Multilayer compression wraps to both legs.", "29581"),
        (f"{DEBRIDED} Multilayer compression wrap to the left leg.", "29581"),
        (f"Left hand wound. {DEBRIDED} Multilayer compression wrap to the left lower leg.", "29581"),
        (f"Left shin wound. {DEBRIDED} Short stretch bandage of the left arm, hand to axilla.", "29584"),
        (f"Left hand wound. {DEBRIDED} Unna boot applied.", "29580"),
    ],
)
def test_a_wrap_elsewhere_or_of_a_place_not_known_to_be_the_wound_stands(text: str, wrap: str) -> None:
    assert read(text) == (["97597", wrap], [])


def test_a_wrap_without_a_debridement_stands() -> None:
    assert read("Venous ulcer clean, right leg. Multilayer compression wrap of the right leg, 20 min.") == (
        ["29581"],
        [],
    )


@pytest.mark.parametrize("words", ["Timed: none.", "Timed minutes: none", "Total timed minutes: zero"])
def test_no_timed_minutes_are_zero_and_no_service(words: str) -> None:
    reading = read_note(f"{DEBRIDED} {words}", day=date(2026, 3, 4))
    assert reading.total_timed_minutes is not None
    assert reading.total_timed_minutes.value == 0
    assert [mention.code for mention in reading.mentions] == ["97597"]


@pytest.mark.parametrize(
    ("words", "by"),
    [("by the aide", "aide"), ("by our tech", "aide"), ("with her aide", None), ("with the aide from his home", None)],
)
def test_an_aide_of_the_patient_is_not_the_clinics(words: str, by: str | None) -> None:
    (mention,) = read_note(f"Leg press and heel raises {words}, 15 min", day=date(2026, 3, 4)).mentions
    assert (mention.by.value if mention.by else None) == by
    assert (mention.suggestions.not_billable is not None) == (by is not None)
