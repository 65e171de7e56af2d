"""What Medicare says of a code on a day: always or sometimes therapy, and its status on the fee schedule."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from cleanclaim.facts.kit import Context, FrameFunction, Stage
from cleanclaim.lines.schema import TEXT, Column
from cleanclaim.reference import procedure_tables
from cleanclaim.reference.lookup import attach

_STATUS = "medicare_status"
_STATUS_MEANING = "status on the Medicare fee schedule: active, bundled, invalid, noncovered, …"
_DESIGNATION_LACKS = "whether Medicare lists the code as always or sometimes therapy on the date of service"
_STATUS_LACKS = "the Medicare fee schedule status of the code for the date of service"


def _statuses(table: str, code: str, name: str) -> FrameFunction:
    def compute(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
        frame = frames[table].select(pl.col(code).alias("code"), "date_of_service")
        return attach(
            frame,
            procedure_tables.medicare_status_table(),
            by={"code": "code"},
            day="date_of_service",
            take={_STATUS: name},
            status="found",
        ).select(name)

    return compute


def _designations(code: pl.Expr, name: str) -> FrameFunction:
    def compute(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
        return attach(
            frames["lines"].select(code.alias("code"), "date_of_service"),
            procedure_tables.therapy_table(),
            by={"code": "code"},
            day="date_of_service",
            take={"therapy": name},
            status="found",
        ).select(name)

    return compute


stages = (
    Stage(
        name="therapy-designation",
        over="lines",
        needs=("code", "date_of_service"),
        adds=(Column("therapy_designation", TEXT, "code", "always, sometimes or none: Medicare's therapy code list"),),
        compute=_designations(pl.col("code"), "therapy_designation"),
        lacks=_DESIGNATION_LACKS,
        is_lookup=True,
    ),
    Stage(
        name="service-designation",
        over="lines",
        needs=("code", "medicare_code", "date_of_service"),
        adds=(
            Column(
                "service_designation",
                TEXT,
                "code",
                "always, sometimes or none: Medicare's therapy code list of the code or, where Medicare takes another "
                "for the same service, of that",
            ),
        ),
        compute=_designations(pl.coalesce("medicare_code", "code"), "service_designation"),
        lacks=_DESIGNATION_LACKS,
        is_lookup=True,
    ),
    Stage(
        name="medicare-status",
        over="lines",
        needs=("code", "date_of_service"),
        adds=(Column(_STATUS, TEXT, "code", _STATUS_MEANING),),
        compute=_statuses("lines", "code", _STATUS),
        lacks=_STATUS_LACKS,
        is_lookup=True,
    ),
    Stage(
        name="day-medicare-status",
        over="day_codes",
        needs=("day_code", "date_of_service"),
        adds=(Column(f"day_code_{_STATUS}", TEXT, "code", _STATUS_MEANING),),
        compute=_statuses("day_codes", "day_code", f"day_code_{_STATUS}"),
        lacks=_STATUS_LACKS,
        is_lookup=True,
    ),
)
