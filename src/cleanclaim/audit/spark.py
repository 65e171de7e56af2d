"""Judge billed lines that lie in a Spark table, where they lie.

    from cleanclaim.audit.block import Settings
    from cleanclaim.audit.spark import audited

    findings = audited(spark.table("claims.lines"), Settings(as_of=date(2026, 11, 16)), partitions=200)

A thin door to the one function of `cleanclaim.audit.block`: rows are brought together by patient, and each partition
is judged as a block. Nothing is collected on the driver. Needs the extra `cleanclaim[spark]`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import polars as pl

from cleanclaim.audit.block import FRAMES, Rows, Settings, judge_block, placed
from cleanclaim.audit.packing import FILE, NUMBER
from cleanclaim.facts.kit import Reach
from cleanclaim.lines.cells import read_cells

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

_SPARK_TYPES: dict[object, str] = {pl.String: "string", pl.Int64: "bigint", pl.Date: "date"}


def audited(
    lines: DataFrame,
    settings: Settings,
    *,
    partitions: int,
    frame: str = "findings",
    reach: Reach = Reach.PATIENT,
) -> DataFrame:
    """Judge a table of billed lines and give back one of the frames of an audit.

    Args:
        lines: one row a billed line, columns by the names of `cleanclaim.lines.from_flat`; a column `patient` (or,
            for rules that look at a therapist's claims, `rendering_npi`) says which rows are judged together. Columns
            `audit_file` and `audit_row`, where they are, say in which order rows stood, and name them in what is found.
        settings: what the audit is made with.
        partitions: into how many blocks the rows are brought; some 400,000 lines each.
        frame: which frame comes back: `findings`, `claims`, `verdicts`, `gaps` or `set_aside`; of `verdicts` and
            `gaps` a row a rule and partition, to be summed.
        reach: the rules that are judged: those that look at a patient's claims, or at a therapist's. Rules that compare
            therapists need the figures of all and are judged by `cleanclaim audit` alone.

    Raises:
        ValueError: the column that rows are brought together by is not there, or the frame or reach is none of these.
    """
    if frame not in FRAMES or reach is Reach.ARCHIVE:
        raise ValueError(f"expected a frame of {', '.join(FRAMES)} and rules of a patient's or a therapist's reach")
    owner = "patient" if reach is Reach.PATIENT else "rendering_npi"
    if owner not in lines.columns:
        raise ValueError(f"the table lacks the column {owner}, by which its rows are judged together")
    from pyspark.sql import functions  # noqa: PLC0415 - only with the extra

    schema = ", ".join(f"{name} {_SPARK_TYPES[dtype]}" for name, dtype in FRAMES[frame].items())
    # Rows that do not say where they stood are ordered by what they say: never by how they came together.
    places = [name for name in (FILE, NUMBER) if name in lines.columns]
    ordered = [functions.col(name) for name in places or lines.columns]
    together = lines.repartition(partitions, owner).sortWithinPartitions(*ordered)
    return together.mapInArrow(judged_batches(settings, reach, frame), schema)


def judged_batches(
    settings: Settings, reach: Reach, frame: str
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The function that a worker calls with the batches of one partition."""

    def judge(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa  # noqa: PLC0415 - only with the extra

        held = list(batches)
        if not held or not sum(batch.num_rows for batch in held):
            return
        rows = pl.from_arrow(pa.Table.from_batches(held))
        if not isinstance(rows, pl.DataFrame):
            raise TypeError("expected batches of a table")
        read = read_cells(rows)
        file = rows.get_column(FILE) if FILE in rows.columns else pl.lit(0)
        place = rows.get_column(NUMBER) if NUMBER in rows.columns else pl.int_range(rows.height)
        judged = judge_block(Rows(placed(read, file, place)), settings, reach).frames()[frame]
        # Spark reads texts of Arrow's plain form.
        yield from judged.to_arrow(compat_level=pl.CompatLevel.oldest()).to_batches()

    return judge
