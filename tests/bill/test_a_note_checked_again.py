"""A note that is checked again and again while it is written is told exactly what it would be told the first time."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cleanclaim.bill.job import Billed, bill
from cleanclaim.facts import plain_steps
from cleanclaim.facts.frames import Frames
from cleanclaim.facts.kit import Stage
from cleanclaim.facts.memory import computed
from cleanclaim.facts.unchanged import Unchanged, counting, counts
from cleanclaim.records import Visit
from cleanclaim.records.reading import Loaded, read_folder
from cleanclaim.reference.payers import Payer, load_folder

CLINIC = Path(__file__).parents[2] / "examples" / "clinic-day"
AS_OF: date = tomllib.loads((CLINIC / "answer_key.toml").read_text())["as_of"]


@cache
def clinic() -> tuple[Loaded, dict[str, Payer]]:
    return read_folder(CLINIC), {payer.id: payer for payer in load_folder(CLINIC / "payers")}


def checked(visit: Visit, history: Sequence[Visit] = ()) -> Billed:
    loaded, packs = clinic()
    assert loaded.clinic is not None
    return bill(loaded.clinic, loaded.patients, [visit], as_of=AS_OF, history=history, packs=packs)


def told(billed: Billed) -> list[object]:
    """All that a check says, with every column of every table."""
    (claim,) = billed.claims
    frames = billed.verdicts.workspace.frames
    tables = {table: frames[table].select(sorted(frames[table].columns)).to_dict(as_series=False) for table in frames}
    said = (claim.state, claim.claim, claim.lines, claim.findings, claim.unjudged, claim.mended, claim.unconfirmed)
    return [*said, claim.prepared, billed.crashed, tables]


def earlier(visit: Visit) -> list[Visit]:
    """The patient's other visits."""
    return [one for one in clinic()[0].visits if one.patient_id == visit.patient_id and one.id != visit.id]


def drafts(visit: Visit) -> Iterator[Visit]:
    """A visit as it is written: a word more, a minute more, an exercise less, and as it was."""
    yield visit
    if visit.note is not None:
        yield visit.model_copy(update={"note": visit.note.model_copy(update={"assessment": "Tolerated well."})})
    if visit.interventions:
        first, *rest = visit.interventions
        yield visit.model_copy(
            update={"interventions": (first.model_copy(update={"minutes": (first.minutes or 0) + 9}), *rest)}
        )
        yield visit.model_copy(update={"interventions": tuple(rest)})
    yield visit.model_copy(update={"diagnoses": ("M54.50",), "place_of_service": "12"})
    yield visit


PLACES = range(0, 101, 20)
"""Every twentieth visit of the sample clinic: notes and grids, evaluations, assistants, several kinds of payers."""


@pytest.mark.parametrize("place", PLACES)
def test_with_what_was_computed_before_a_check_says_the_same(place: int) -> None:
    visit = clinic()[0].visits[place]
    around, unchanged = earlier(visit), Unchanged()
    for draft in drafts(visit):
        with counting(unchanged):
            again = checked(draft, around)
        assert told(again) == told(checked(draft, around))


def test_what_was_computed_for_other_notes_does_not_show() -> None:
    unchanged = Unchanged()
    for place in PLACES:
        visit = clinic()[0].visits[place]
        with counting(unchanged):
            again = checked(visit)
        assert told(again) == told(checked(visit))


class _OnlyWhatIsSaid(Mapping[str, pl.DataFrame]):
    """Frames with the columns that a stage says it reads, and nothing else."""

    def __init__(self, frames: Frames, names: Mapping[str, Sequence[str]], kinds: object = None) -> None:
        del kinds
        self._frames, self._names = frames, names

    def __getitem__(self, table: str) -> pl.DataFrame:
        names = list(dict.fromkeys(self._names[table]))
        return self._frames.holding(table, names).select(names)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def test_stages_read_what_they_say_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = [told(checked(clinic()[0].visits[place])) for place in PLACES]
    monkeypatch.setattr(plain_steps, "Part", _OnlyWhatIsSaid)
    assert [told(checked(clinic()[0].visits[place])) for place in PLACES] == expected


def test_only_what_is_asked_anew_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    run: list[str] = []

    def noted(stage: Stage, *arguments: Any) -> list[pl.Series]:
        run.append(stage.name)
        return computed(stage, *arguments)

    monkeypatch.setattr(plain_steps, "computed", noted)
    visit = clinic()[0].visits[0]
    with counting(Unchanged()):
        checked(visit)
        first = len(run)
        checked(visit)
        assert (len(run), first > 20) == (first, True)
        checked(visit.model_copy(update={"diagnoses": ("M54.50",)}))
        assert first < len(run) < 2 * first
    assert counts() is None
    before = len(run)
    checked(visit)
    assert len(run) - before == first
