"""Claims with all that belongs to them in one row each, so that they can be cut by patient and put together again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from cleanclaim.lines.schema import KEYS
from cleanclaim.lines.tables import Tables, shaped

NUMBER, FILE = "audit_row", "audit_file"
"""Columns of a row's place beside the dictionary's: its number in its file, and the file's number."""

PATIENT = "audit_patient"
"""Column of packed claims: the patient, as a text without meaning."""

_INSIDE = ("lines", "services", "diagnoses")
_SET_HERE = ("claim_id", "patient_id")


def pack(tables: Tables, patients: pl.Series, file: int, places: pl.Series) -> pl.DataFrame:
    """A row for each claim; `lines`, `services` and `diagnoses` are lists of their rows.

    Args:
        tables: claims as laid out.
        patients: by claim: a text that is the same for the claims of one patient.
        file: the number of their file.
        places: by claim: where it stands in the file.
    """
    claims = tables.claims.drop(_SET_HERE).with_columns(
        patients.alias(PATIENT), pl.lit(file).cast(pl.Int64).alias(FILE), places.cast(pl.Int64).alias(NUMBER)
    )
    for name in _INSIDE:
        frame = tables.frame(name)
        rows = frame.select("claim_id", pl.struct(pl.all().exclude("claim_id", KEYS[name])).alias(name))
        lists = rows.group_by("claim_id", maintain_order=True).agg(name)
        own = np.full(tables.claims.height, lists.height)
        own[lists.get_column("claim_id").to_numpy()] = np.arange(lists.height)
        empty = pl.Series(name, [[]], dtype=lists.schema[name])
        claims = claims.with_columns(lists.get_column(name).append(empty).gather(own))
    return claims


def unpack(packed: pl.DataFrame) -> Tables:
    """The tables of packed claims, in their order."""
    _, patient = np.unique(packed.get_column(PATIENT).to_numpy(), return_inverse=True)
    keys = packed.select(pl.int_range(pl.len()).alias("claim_id"))
    claims = packed.with_columns(keys.get_column("claim_id"), pl.Series("patient_id", patient.reshape(-1)))
    frames = {"claims": shaped(claims, "claims")}
    for name in _INSIDE:
        held = packed.select(keys.get_column("claim_id"), pl.col(name)).filter(pl.col(name).list.len() > 0)
        rows = held.explode(name).unnest(name).with_columns(pl.int_range(pl.len()).alias(KEYS[name]))
        frames[name] = shaped(rows, name)
    return Tables(**frames)


def together(parts: Sequence[Tables]) -> Tables:
    """Several tables as one: keys count on, and patients of one are none of another's."""
    first = {"claim_id": 0, "patient_id": 0, **{KEYS[name]: 0 for name in _INSIDE}}
    moved: dict[str, list[pl.DataFrame]] = {name: [] for name in ("claims", *_INSIDE)}
    for tables in parts:
        for name, frames in moved.items():
            frame = tables.frame(name)
            frames.append(frame.with_columns(pl.col(key) + by for key, by in first.items() if key in frame.columns))
        first["claim_id"] += tables.claims.height
        first["patient_id"] += int(tables.claims.select(pl.col("patient_id").max().fill_null(-1)).item()) + 1
        for name in _INSIDE:
            first[KEYS[name]] += tables.frame(name).height
    return Tables(**{name: pl.concat(frames) for name, frames in moved.items()})
