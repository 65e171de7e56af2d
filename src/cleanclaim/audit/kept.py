"""What judging by patients keeps of their claims for the rules that look beyond a patient.

Those rules read some twenty columns. They are computed once, where a patient's claims are together, and parted by
therapist: no line is read, laid out or looked up a second time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from cleanclaim.audit.places import order_of, taken
from cleanclaim.facts.peers.standing import NEEDS

_Types = Mapping[str, pl.DataType | type[pl.DataType]]

PLACE: _Types = {"file": pl.Int64, "row": pl.Int64}
"""Columns by which a claim is known in an archive: its file and the row of its first line there, by number from 0."""

OF_ARCHIVE: _Types = {
    **PLACE,
    "claim_key": pl.String,
    "payer": pl.String,
    "billing_npi": pl.String,
    **NEEDS,
}
"""Columns of kept claims that rules read which compare therapists with each other."""

CLAIMS: _Types = {
    **OF_ARCHIVE,
    "knows_services": pl.Boolean,
    "treated_by": pl.String,
    "visit_starts_at": pl.Int64,
    "visit_minutes": pl.Int64,
    "clinic_bounds_set": pl.List(pl.String),
    "clinic_open_minutes": pl.Int64,
    "note_text": pl.String,
}
"""Columns of kept claims. Patients, days and claims are numbered within the block they come from."""

SERVICES: _Types = {
    "claim_id": pl.Int64,
    "service_id": pl.Int64,
    "service_number": pl.Int64,
    "service_code": pl.String,
    "starts_at": pl.Int64,
    "service_minutes": pl.Int64,
    "takes_the_therapist": pl.Boolean,
}
"""Columns of kept services."""

KEPT: Mapping[str, _Types] = {"claims": CLAIMS, "services": SERVICES}
"""Columns that are kept, by table."""

_BLOCK_SIZE = 1 << 32
"""More patients, days and claims than any block has."""
_NUMBERED = ("claim_id", "patient_id", "day_id")
_BLOCK = "audit_block"


def by_therapist(
    claims: pl.DataFrame, services: pl.DataFrame, blocks: int
) -> Iterator[tuple[int, pl.DataFrame, pl.DataFrame]]:
    """Kept claims and services of one block, parted into so many blocks of therapists: (number, claims, services).

    Claims of one therapist go to one block, whatever block they come from; one that names none goes by its place.
    """
    whose = claims.select(pl.when(pl.col("rendering_npi") != "").then(pl.col("rendering_npi"))).to_series()
    if whose.null_count():
        own = pl.format("row {} of file {}", "row", "file")
        whose = claims.select(pl.coalesce(whose, own)).to_series()
    # What follows from a text is the same wherever and in which order claims are parted.
    block = (whose.hash() % blocks).rename(_BLOCK)
    of_service = block.gather(services.get_column("claim_id")).rename(_BLOCK)
    parted = services.with_columns(of_service).partition_by(_BLOCK, as_dict=True, include_key=False)
    for (number,), some in claims.with_columns(block).partition_by(_BLOCK, as_dict=True, include_key=False).items():
        yield number, some, parted.get((number,), services.clear())


def together(parts: Sequence[tuple[pl.DataFrame, pl.DataFrame]]) -> dict[str, pl.DataFrame]:
    """Kept claims and services of several blocks as tables: claims in the order of the archive, numbered anew."""
    moved = [[_moved(frame, place) for frame in part] for place, part in enumerate(parts)]
    claims = pl.concat(claims for claims, _ in moved)
    services = pl.concat(services for _, services in moved)
    order = order_of(claims)
    if services.height:
        services = _renumbered(services, claims.get_column("claim_id"), order)
    return {
        "claims": taken(claims, order).with_columns(pl.int_range(pl.len()).alias("claim_id")),
        "services": services.with_columns(pl.int_range(pl.len()).alias("service_id")),
    }


def _renumbered(services: pl.DataFrame, known: pl.Series, order: pl.Series) -> pl.DataFrame:
    """Services by their claims' place in the new order; of the claims that are known, every number is told once."""
    by_number = known.arg_sort()
    row = by_number.gather(known.gather(by_number).search_sorted(services.get_column("claim_id")))
    place = order.arg_sort().gather(row).cast(pl.Int64).alias("claim_id")
    return services.with_columns(place).sort("claim_id", "service_id")


def _moved(frame: pl.DataFrame, block: int) -> pl.DataFrame:
    """Rows whose numbers are told apart from those of other blocks."""
    return frame.with_columns(pl.col(name) + block * _BLOCK_SIZE for name in _NUMBERED if name in frame.columns)
