"""What was computed for a note lasts as long as its setting is the very same one, and only for the notes at hand."""

from __future__ import annotations

from typing import cast
from uuid import UUID

import pytest

from cleanclaim.practice.engine.judging.setting import Setting
from cleanclaim.practice.engine.notes import notes_at_hand
from cleanclaim.practice.engine.notes.notes_at_hand import unchanged_for


def setting() -> Setting:
    """A setting of its own: what it holds is not asked here."""
    return cast("Setting", object())


def test_a_new_setting_begins_anew_and_notes_that_rest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes_at_hand, "_KEPT", 2)
    monkeypatch.setattr(notes_at_hand, "_held", type(notes_at_hand._held)())
    first, second, third = (UUID(int=number) for number in (1, 2, 3))
    around, other = setting(), setting()
    kept = unchanged_for(first, around)
    assert unchanged_for(first, around) is kept
    assert unchanged_for(second, around) is not kept
    assert unchanged_for(first, around) is kept
    unchanged_for(third, around)  # the second has rested longest
    assert list(notes_at_hand._held) == [first, third]
    assert unchanged_for(first, other) is not kept
    assert unchanged_for(first, around) is not kept
