"""Every rule has a cause, every missing input a place; no entry of either file is dead."""

from __future__ import annotations

import pytest

from cleanclaim.facts.catalogue import catalogue
from cleanclaim.practice.engine.claims.missing_places import _entries, place_of_input
from cleanclaim.practice.engine.judging.causes import Cause, Reader, cause_of, causes, reader_of, readers
from cleanclaim.rules.book import rules


def _missing_words() -> set[str]:
    return {catalogue().lacks(rule.over, name) for rule in rules() for name in rule.reads()}


def test_every_rule_has_a_cause_and_every_entry_a_rule() -> None:
    codes = [rule.code for rule in rules()]
    deciding = {max((key for key in causes() if code.startswith(key)), key=len) for code in codes}
    assert {cause_of(code) for code in codes} == set(Cause)
    assert deciding == set(causes())


@pytest.mark.parametrize(
    ("rule", "cause"),
    [
        ("AU105", Cause.FRONT_OFFICE),
        ("UN101", Cause.CODING),
        ("UN302", Cause.DOCUMENTATION),
        ("PC203", Cause.DOCUMENTATION),
        ("CD132", Cause.DOCUMENTATION),
        ("CD131", Cause.CODING),
        ("TF101", Cause.FRONT_OFFICE),
        ("PY101", Cause.PAYER),
        ("PY105", Cause.FRONT_OFFICE),
    ],
)
def test_causes_of_known_rules(rule: str, cause: Cause) -> None:
    assert cause_of(rule) is cause


def test_a_rule_of_no_family_has_no_cause() -> None:
    with pytest.raises(KeyError, match="ZZ999"):
        cause_of("ZZ999")


@pytest.mark.parametrize(
    ("rule", "reader"),
    [
        ("UN101", Reader.THERAPIST),
        ("DC101", Reader.THERAPIST),
        ("ID206", Reader.THERAPIST),
        ("TH103", Reader.THERAPIST),
        ("PY101", Reader.OFFICE),
        ("AU105", Reader.OFFICE),
        ("CF101", Reader.OFFICE),
    ],
)
def test_who_reads_of_known_rules_while_a_note_is_written(rule: str, reader: Reader) -> None:
    assert reader_of(rule) is reader


def test_no_reader_is_named_that_the_cause_tells() -> None:
    codes = [rule.code for rule in rules()]
    told = {Cause.DOCUMENTATION: Reader.THERAPIST, Cause.CODING: Reader.THERAPIST}
    for begins, reader in readers().items():
        own = {told.get(cause_of(code), Reader.OFFICE) for code in codes if code.startswith(begins)}
        assert own - {reader}, f"{begins}: its cause tells the reader already"


def test_every_missing_input_has_a_place() -> None:
    assert [words for words in sorted(_missing_words()) if place_of_input(words) is None] == []


def test_every_phrase_of_the_places_meets_some_input() -> None:
    words = _missing_words()
    dead = [
        phrase
        for entry in _entries()
        for phrase, test in [
            *((one, str.startswith) for one in entry.begins),
            *((one, str.__contains__) for one in entry.holds),
        ]
        if not any(test(word, phrase) for word in words)
    ]
    assert dead == []


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("first day of the policy", "patient"),
        ("the note says what changed", "note"),
        ("the payer's filing limit", "payer"),
        ("last day the certification covers", "plan"),
        ("tax id of the clinic", "clinic"),
        ("the patient's earlier claims", "visits"),
        ("a listed place of service", "tables"),
        ("what earlier payers decided", "answers"),
        ("units billed", "claim"),
    ],
)
def test_places_of_known_inputs(words: str, place: str) -> None:
    found = place_of_input(words)
    assert found is not None
    assert found.key == place
