"""Gather what was found of all blocks, in the order of the archive.

It is gathered by stretches of that order. An archive of one stretch is gathered in memory; of a longer one each stretch
is written beside the blocks, so that what is held does not grow with the archive.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import polars as pl

from cleanclaim.audit import in_order
from cleanclaim.audit.archive import LeftOut
from cleanclaim.audit.block import CLAIMS
from cleanclaim.audit.decided import with_contents
from cleanclaim.audit.inputs import ArchiveFile
from cleanclaim.audit.payments import with_paid, with_stated
from cleanclaim.audit.spill import payments_in, refused_in, stated_in, unread_in
from cleanclaim.audit.stretches import Stretches
from cleanclaim.audit.work_plan import WorkPlan
from cleanclaim.check.summary import at_most
from cleanclaim.facts.kit import Reach

Told = Callable[[str, int, int], None]
"""Called with the stage (`cut`, `judge`, `gather`), how much of it is done, and how much there is."""

_COUNTED = ("passed", "found", "not_applicable", "no_data")
_DAMAGED = "is damaged and not read; expected whole pages of Parquet"


@dataclass(frozen=True, slots=True)
class Gathered:
    """What came of a whole archive: its claims and findings, the other frames, and the files it was read from.

    In findings, claims and `set_aside`, `file` is a place in `files` and `row` a row of it, both from 0. Where the
    settings ask for it, findings have what each is about in a column `content` more.
    """

    stretches: Stretches
    frames: dict[str, pl.DataFrame]
    """`verdicts`, `gaps` and `set_aside`, with the columns of `cleanclaim.audit.block.FRAMES`."""
    files: tuple[ArchiveFile, ...]
    lines: int
    left_out: tuple[LeftOut, ...] = ()
    """Row groups of tables that could not be read."""


def gather(files: Sequence[ArchiveFile], plan: WorkPlan, reaches: Sequence[Reach], told: Told) -> Gathered:
    """The frames of all blocks as one, in an order that does not depend on how the archive was parted.

    Args:
        files: the archive.
        plan: how it was parted.
        reaches: by rules of which reach its blocks were judged.
        told: told of progress, by stretches.
    """
    verdicts, gaps, set_aside = (plan.frames(reaches, name) for name in ("verdicts", "gaps", "set_aside"))
    rules = verdicts.get_column("rule").unique()
    stretches = []
    for number in range(len(plan.stretches)):
        told("gather", number, len(plan.stretches))
        stretches.append(_laid_aside(plan, number, _stretch(plan, number, reaches, rules)))
    told("gather", len(stretches), len(stretches))
    found = _with_payments(Stretches(stretches), plan)
    return Gathered(
        found,
        {
            "verdicts": verdicts.group_by("rule").agg(pl.col(_COUNTED).sum(), pl.col("crashed").max()).sort("rule"),
            "gaps": gaps.group_by("rule", "missing").agg(pl.col("rows").sum()).sort("rule", "missing"),
            "set_aside": pl.concat([set_aside, *refused_in(plan.folder)])
            .unique()
            .sort("file", "row", "field", "expected"),
        },
        tuple(files),
        int(found.claims.select(pl.col("lines").sum()).collect(engine="streaming").item()),
        tuple(
            LeftOut(files[file].path, f"row group {group + 1} (rows {first + 1:,} to {last + 1:,}) {_DAMAGED}", True)
            for file, group, first, last in unread_in(plan.folder).iter_rows()
        ),
    )


def _stretch(
    plan: WorkPlan, number: int, reaches: Sequence[Reach], rules: pl.Series
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The claims of one stretch and what was found of them, in order."""
    read = partial(plan.frames_of_stretch, number)
    claims = in_order.claims(partial(read, [Reach.PATIENT]))
    beyond = [reach for reach in reaches if reach is not Reach.PATIENT]
    further = {name: read(beyond, name) for name in ("findings", "contents")}
    claims, further["findings"] = in_order.meeting(claims, further["findings"])

    def found(name: str, columns: Sequence[str]) -> pl.DataFrame:
        return pl.concat([read([Reach.PATIENT], name, columns), further[name].select(columns)])

    findings = with_contents(in_order.findings(found, rules), claims)
    at_risk = at_most(pl.col("lost_cents")).alias("lost_cents")
    return claims.with_columns(at_risk).select(list(CLAIMS)), findings


def _laid_aside(
    plan: WorkPlan, number: int, frames: tuple[pl.DataFrame, pl.DataFrame]
) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """The frames of a stretch, written beside the blocks unless it is the only one."""
    if len(plan.stretches) == 1:
        claims, findings = frames
        return claims.lazy(), findings.lazy()
    folder = plan.folder / "gathered"
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{name}-{number:05}.arrow" for name in ("claims", "findings")]
    for frame, path in zip(frames, paths, strict=True):
        frame.write_ipc(path, compression="lz4")
    claims_path, findings_path = paths
    return pl.scan_ipc(claims_path), pl.scan_ipc(findings_path)


def _with_payments(found: Stretches, plan: WorkPlan) -> Stretches:
    """The same with what was paid, where the archive says it. A payment may be for any claim: all are met at once."""
    payments, stated = payments_in(plan.folder), stated_in(plan.folder)
    if not payments.height and not stated.height:
        return found
    names = ("file", "row", "claim", "billing_npi", "paid_cents")
    claims = found.claims.select(names).collect()
    if payments.height:
        claims = with_paid(claims, payments)
    if stated.height:
        claims = with_stated(claims, stated)
    paid, parts, before = claims.get_column("paid_cents"), [], 0
    for own, findings in found.parts:
        height = own.select(pl.len()).collect().item()
        parts.append((own.with_columns(paid.slice(before, height)), findings))
        before += height
    return Stretches(parts)
