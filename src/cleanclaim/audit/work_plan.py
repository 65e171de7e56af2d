"""How an audit is parted, and where the frames of each part lie in its work folder.

Blocks of patients, and of therapists, are what is judged at once. What was found of them is gathered by stretches of
the archive's order, so that no more of it is held at once than a stretch has.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import polars as pl

from cleanclaim.audit import kept
from cleanclaim.audit.block import FRAMES, Judged
from cleanclaim.audit.inputs import ArchiveFile, count_lines
from cleanclaim.audit.places import AS_NUMBER, number_of
from cleanclaim.audit.spill import blocks_for
from cleanclaim.facts.kit import Reach

LINES_A_STRETCH = 12_000_000
"""Billed lines of which claims and findings are gathered at once: some 2.5 GB of memory."""

_PATIENTS_A_THERAPISTS_BLOCK = 2.5
"""Blocks of patients for each block of therapists, of whose claims little is kept."""

_KEPT = ("kept_claims", "kept_services")
"""Frames that judging by patients leaves, parted by therapist."""
_BY_STRETCH = {"findings": "findings", "contents": "findings", "claims": "claims", "claim_contents": "claims"}
"""Frames that are parted by stretch, each with the frame whose rows say where its own stand."""
_STRETCH = "audit_stretch"


@dataclass(frozen=True, slots=True)
class WorkPlan:
    """How the archive is parted, below a work folder; the same whenever the work is gone on with."""

    folder: Path
    blocks: int
    """Blocks of patients."""
    stretches: tuple[int, ...]
    """Where each stretch of the archive's order begins, as `places.AS_NUMBER` counts; the first is 0."""

    def blocks_of(self, reach: Reach) -> int:
        """How many blocks are judged by rules that look so far."""
        return self.blocks if reach is Reach.PATIENT else ceil(self.blocks / _PATIENTS_A_THERAPISTS_BLOCK)

    def result(self, reach: Reach, block: int) -> Path:
        """The folder of a block's frames, there once it is judged."""
        return self.folder / f"judged-{reach.name.lower()}-{block:05}"

    def kept(self, patients: int, therapists: int) -> tuple[Path, Path]:
        """Where claims and services lie that a block of patients kept for one of therapists."""
        place = self.result(Reach.PATIENT, patients)
        return place / f"kept-claims-{therapists:05}.arrow", place / f"kept-services-{therapists:05}.arrow"

    def keep(self, reach: Reach, block: int, judged: Judged | None) -> None:
        """Write a block's frames at once: a reader finds all of them or none."""
        result = self.result(reach, block)
        unfinished = result.with_name(f"unfinished-{result.name}")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        for name, frame in () if judged is None else self._named(judged):
            if frame.height:
                frame.write_ipc(unfinished / name, compression="lz4")
        unfinished.replace(result)

    def _named(self, judged: Judged) -> Iterator[tuple[str, pl.DataFrame]]:
        """The frames of a block as they are kept, by the names of their files."""
        frames = judged.frames()
        for name, frame in frames.items():
            if name in _BY_STRETCH:
                for stretch, own in self._by_stretch(frame, frames[_BY_STRETCH[name]]):
                    yield _file_name(name, stretch), own
            elif name not in _KEPT:
                yield f"{name}.arrow", frame
        therapists = self.blocks_of(Reach.THERAPIST)
        for block, *own_kept in kept.by_therapist(judged.kept_claims, judged.kept_services, therapists):
            for frame, path in zip(own_kept, self.kept(0, block), strict=True):
                yield path.name, frame

    def _by_stretch(self, frame: pl.DataFrame, standing: pl.DataFrame) -> Iterator[tuple[int, pl.DataFrame]]:
        if not frame.height or len(self.stretches) == 1:
            yield 0, frame
            return
        stretch = pl.Series(self.stretches).search_sorted(standing.select(AS_NUMBER).to_series(), side="right") - 1
        parted = frame.with_columns(stretch.alias(_STRETCH)).partition_by(_STRETCH, as_dict=True, include_key=False)
        for (number,), own in parted.items():
            yield number, own

    def frames(self, reaches: Sequence[Reach], name: str, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """One of the frames of all blocks, one below the other; all its columns or some."""
        return self._read(reaches, f"{name}.arrow", name, columns)

    def frames_of_stretch(
        self, stretch: int, reaches: Sequence[Reach], name: str, columns: Sequence[str] | None = None
    ) -> pl.DataFrame:
        """What all blocks have of `findings`, `claims` or their contents in one stretch of the archive's order."""
        return self._read(reaches, _file_name(name, stretch), name, columns)

    def _read(self, reaches: Sequence[Reach], file: str, name: str, columns: Sequence[str] | None) -> pl.DataFrame:
        places = [self.result(reach, block) / file for reach in reaches for block in range(self.blocks_of(reach))]
        own = [pl.scan_ipc(place) for place in places if place.exists()]
        asked = list(FRAMES[name]) if columns is None else list(columns)
        return pl.concat([pl.LazyFrame(schema=FRAMES[name]), *own]).select(asked).collect()


def _file_name(name: str, stretch: int) -> str:
    return f"{name}-{stretch:05}.arrow"


def planned(files: Sequence[ArchiveFile], folder: Path) -> tuple[WorkPlan, list[int]]:
    """The plan of an archive, and the lines of each of its files; those of a work folder that has them already."""
    known = folder / "plan.json"
    if not known.exists():
        counted = [count_lines(file) for file in files]
        known.parent.mkdir(parents=True, exist_ok=True)
        told = {"lines": counted, "blocks": blocks_for(sum(counted)), "stretches": _begins(counted)}
        known.write_text(json.dumps(told), "utf-8")
    plan = json.loads(known.read_text("utf-8"))
    return WorkPlan(folder, int(plan["blocks"]), tuple(plan["stretches"])), list(plan["lines"])


def _begins(lines: Sequence[int]) -> list[int]:
    """Where stretches begin, of an archive whose files have so many lines."""
    begins, before = [0], 0
    for file, height in enumerate(lines):
        first = max(1, ceil(before / LINES_A_STRETCH)) * LINES_A_STRETCH
        begins += [number_of(file, line - before) for line in range(first, before + height, LINES_A_STRETCH)]
        before += height
    return begins
