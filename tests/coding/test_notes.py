"""Whole notes: what was done, minutes, by whom, what is left out, totals, and the places that say so."""

from __future__ import annotations

import tomllib
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from cleanclaim.coding import (
    EncounterHint,
    Mention,
    NoteReading,
    WhyLeftOut,
    read_note,
)
from cleanclaim.coding.durations import durations
from cleanclaim.coding.note_sections import whole_text
from cleanclaim.records import By, Note, Side

DAY = date(2026, 3, 4)
NOTES: list[dict[str, Any]] = [
    note
    for name in ("notes.toml", "therapists_notes.toml")
    for note in tomllib.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))["note"]
]


def read(text: str | Note, payer_stimulation_code: str | None = "G0283") -> NoteReading:
    return read_note(text, day=DAY, payer_stimulation_code=payer_stimulation_code)


def short(mention: Mention) -> str:
    answer = mention.suggestions
    if answer.not_billable:
        code = f"not:{answer.not_billable.reason}"
    else:
        code = f"{answer.best.code if answer.best else '-'}{'?' if answer.must_ask else ''}"
    by = f" {mention.by.value}" if mention.by else ""
    size = f" x{mention.group_size.value}" if mention.group_size else ""
    return f"{mention.minutes.value if mention.minutes else '-'} {code}{by}{size}"


def test_there_are_many_styles_of_note() -> None:
    assert len(NOTES) == 268
    assert len({note["name"] for note in NOTES}) == 268


@pytest.mark.parametrize("note", NOTES, ids=lambda note: str(note["name"]))
def test_a_note_is_read_exactly(note: dict[str, Any]) -> None:
    reading = read(note["text"])
    assert [short(mention) for mention in reading.mentions] == note["mentions"]
    assert [item.why.value for item in reading.left_out] == note.get("left_out", [])
    assert [item.minutes.value for item in reading.shared_minutes] == note.get("shared", [])
    assert [f"{item.code} x{item.units}" for item in reading.listed_codes] == note.get("listed", [])
    for name in ("total_timed_minutes", "total_treatment_minutes", "time_in", "time_out", "kind", "encounter"):
        found = getattr(reading, name)
        assert (found.value if found else None) == note.get(name), name
    assert [item.value.value for item in reading.signatures] == note.get("signatures", [])
    assert bool(reading.telehealth) == note.get("telehealth", False)
    if "evaluation_code" in note:
        assert reading.evaluation_level is not None
        assert (reading.evaluation_level.code or "") == note["evaluation_code"]
    else:
        assert reading.evaluation_level is None


@pytest.mark.parametrize("note", NOTES, ids=lambda note: str(note["name"]))
def test_every_value_shows_its_place(note: dict[str, Any]) -> None:
    reading = read(note["text"])
    for mention in reading.mentions:
        assert reading.text[mention.start : mention.end] == mention.what
        for name in ("purpose", "response", "progress"):
            found = getattr(mention, name)
            if found is not None:
                assert reading.text[found.start : found.end] == found.value
        if mention.minutes is not None:
            written = reading.text[mention.minutes.start : mention.minutes.end]
            assert (
                str(mention.minutes.value) in written
                or mention.starts_at is not None
                or [item.minutes for item in durations(written)] == [mention.minutes.value]
            )
        for suggestion in mention.suggestions.ranked:
            for item in suggestion.evidence:
                assert mention.suggestions.text[item.start : item.end] == item.text
    for left in reading.left_out:
        assert reading.text[left.start : left.end] == left.what
    for listed in reading.listed_codes:
        assert reading.text[listed.start : listed.end] == listed.code
    for signature in reading.signatures:
        assert reading.text[signature.start : signature.end] in {"PT", "PTA", "DPT"}


def test_reading_twice_gives_the_same() -> None:
    for note in NOTES[:10]:
        assert read(note["text"]) == read(note["text"])


def test_details_of_a_mention() -> None:
    text = (
        "Gait training with SPC 15 min 1:1 to improve step length R LE, min A, progressed from walker.\n"
        "9:00-9:20 group of 3: balance"
    )
    gait, group = read(text).mentions
    assert gait.code == "97116"
    assert gait.minutes is not None
    assert (gait.minutes.value, text[gait.minutes.start : gait.minutes.end]) == (15, "15 min")
    assert gait.one_on_one is not None
    assert gait.one_on_one.value is True
    assert gait.side is not None
    assert gait.side.value is Side.RIGHT
    assert gait.region is not None
    assert gait.region.value == "lower extremity"
    assert (gait.has_purpose, gait.has_response, gait.has_progress) == (True, True, True)
    assert group.group_size is not None
    assert group.group_size.value == 3
    assert group.starts_at is not None
    assert group.ends_at is not None
    assert (group.starts_at.value, group.ends_at.value) == (time(9, 0), time(9, 20))
    record = gait.to_intervention("97116")
    assert (record.code, record.minutes, record.side, record.group_size) == ("97116", 15, Side.RIGHT, 1)
    assert record.skilled_need == "to improve step length R LE, min A, progressed from walker"
    assert group.to_intervention().code is None
    assert group.to_intervention().group_size == 3


def test_what_is_not_written_is_none() -> None:
    (mention,) = read("STM to upper trap").mentions
    assert mention.code == "97140"
    for name in ("minutes", "by", "one_on_one", "group_size", "side", "attended", "starts_at", "purpose", "response"):
        assert getattr(mention, name) is None, name
    reading = read("STM to upper trap")
    for name in ("total_timed_minutes", "total_treatment_minutes", "time_in", "time_out", "kind", "encounter"):
        assert getattr(reading, name) is None, name
    assert reading.signatures == ()
    assert reading.evaluation is None


def test_a_record_is_read_by_its_parts_and_places_are_those_of_its_text() -> None:
    note = Note(
        subjective="Did 20 min of walking at home.",
        objective="TherEx 20 min: leg press. STM L calf 10 min.",
        assessment="Tolerated 30 min of exercise well. Strength improved from 4-/5 to 4/5.",
        plan="Add balance 10 min next visit.",
        text="Total timed minutes: 30",
    )
    reading = read(note)
    assert reading.text == note.whole() == whole_text(note)
    assert [short(mention) for mention in reading.mentions] == ["20 97110", "10 97140"]
    assert all(reading.text[mention.start : mention.end] == mention.what for mention in reading.mentions)
    assert [item.why for item in reading.left_out] == [WhyLeftOut.PLANNED]
    assert reading.total_timed_minutes is not None
    assert reading.total_timed_minutes.value == 30
    assert reading.response is not None
    assert reading.progress is not None
    assert reading.progress.value.startswith("improved from 4-/5")


@pytest.mark.parametrize(
    "text",
    [
        "Manual therapy declined by patient.",
        "No manual therapy today.",
        "Ultrasound was held due to pacemaker.",
        "Gait training not performed.",
        "Will add balance training next visit.",
        "Plan to begin dry needling.",
        "Next visit: traction trial.",
        "Traction deferred.",
        "Did not perform e-stim.",
        "Last visit: gait training 15 min.",
        "HEP: quad sets, SLR 3x10 daily",
        "P: manual therapy 15 min, ultrasound 8 min",
        "Plan:\n- gait training 15 min\n- stairs",
    ],
)
def test_what_was_not_done_today_is_no_mention(text: str) -> None:
    reading = read(text)
    assert reading.mentions == ()
    assert len(reading.left_out) >= 1


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("MT declined, TE 25 min", ["25 97110"]),
        ("No LOB. Balance training 15 min.", ["15 97112"]),
        ("Gait training 10 min, held 30 sec rest", ["10 97116"]),
        ("Reps increased vs last visit. TherEx 15 min.", ["15 97110"]),
        ("HEP reviewed and updated x 8 min with return demo", ["8 97535?"]),
    ],
)
def test_words_of_denial_elsewhere_leave_the_treatment(text: str, left: list[str]) -> None:
    assert [short(mention) for mention in read(text).mentions] == left


def test_one_duration_for_several_services_is_given_to_none() -> None:
    reading = read("Ultrasound, STM and hot pack x 30 min")
    assert [short(mention) for mention in reading.mentions] == ["- 97035", "- 97140", "- 97010"]
    (shared,) = reading.shared_minutes
    assert shared.minutes.value == 30
    assert len(shared.what) == 3


def test_minutes_beside_a_billed_code_complete_the_mention() -> None:
    reading = read("O: TherEx: leg press, squats. STM L calf.\nBilling: 97110 15 min, 97140 8 min, 97035 8 min")
    assert [short(mention) for mention in reading.mentions] == ["15 97110", "8 97140", "8 97035"]
    assert [(item.code, item.minutes) for item in reading.listed_codes] == [("97110", 15), ("97140", 8), ("97035", 8)]


def test_minutes_by_person_are_two_mentions() -> None:
    text = "TherEx (PT 13 min, PTA 10 min): leg press"
    first, second = read(text).mentions
    assert first.by is not None
    assert second.by is not None
    assert (first.by.value, second.by.value) == (By.PT, By.PTA)
    assert first.minutes is not None
    assert second.minutes is not None
    assert (first.minutes.value, second.minutes.value) == (13, 10)
    assert first.what == second.what == text


def test_unattended_stimulation_is_a_question_when_the_payer_is_unknown() -> None:
    (mention,) = read("IFC 15 min unattended", payer_stimulation_code=None).mentions
    assert mention.code is None
    assert mention.suggestions.must_ask is not None
    assert mention.suggestions.must_ask.candidates == ("97014", "G0283")
    (mention,) = read("IFC 15 min unattended").mentions
    assert mention.code == "G0283"


def test_encounters() -> None:
    hint = read("Initial fitting of new R AFO, 20 min").encounter
    assert hint is not None
    assert hint.value is EncounterHint.INITIAL
    hint = read("AFO recheck, strap adjusted, 10 min").encounter
    assert hint is not None
    assert hint.value is EncounterHint.SUBSEQUENT


def test_an_empty_note_has_nothing() -> None:
    reading = read("")
    assert reading.mentions == ()
    assert reading.left_out == ()
