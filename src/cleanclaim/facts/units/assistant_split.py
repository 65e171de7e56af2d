"""How many units of each code of a day carry the assistant modifier."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from cleanclaim.facts.kit import Context, Fact, Stage, total
from cleanclaim.lines.columns import col
from cleanclaim.lines.schema import COUNT, FLAG, TEXT, Column
from cleanclaim.units.assistants import AssistantMethod, assistant_split

_LACKS = "minutes of each service, and who furnished them"
_ASSISTANTS = ["PTA", "OTA"]
_THERAPISTS = ["PT", "OT", "SLP"]
_SUPPLIES = ["98976", "98977", "98978", "98984", "98985", "98986"]
"""Remote monitoring supplies: equipment, which nobody furnishes by the minute."""

_ASKED = {
    "date_of_service": "date",
    "day_code_is_timed": "is_timed",
    "split_therapist_minutes": "pt_minutes",
    "split_assistant_minutes": "pta_minutes",
    "split_together_minutes": "together_minutes",
    "units_to_split": "units",
    "takes_assistant_modifier": "assistant_modifier_applies",
}
"""Columns of `day_codes`, as `assistant_split` calls them."""
_ANSWERED = {
    "units_with_assistant_modifier": "units_by_assistant",
    "undecided": "split_is_undecided",
    "split_basis": "split_basis",
}
"""What it answers, as columns of `day_codes`."""


def _split(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:
    codes = frames["day_codes"]
    # How a code is split follows from its own row: put as days of one code each, rows that are alike are asked once.
    keys = [pl.Series("day_id", np.arange(codes.height)), pl.Series("code", ["?"]).new_from_index(0, codes.height)]
    services = pl.DataFrame([*keys, *(codes.get_column(name).alias(asked) for name, asked in _ASKED.items())])
    split = assistant_split(services, AssistantMethod(context.assistant_method))
    return pl.DataFrame([split.get_column(answered).alias(name) for answered, name in _ANSWERED.items()])


stage = Stage(
    name="assistant-split",
    over="day_codes",
    needs=tuple(_ASKED),
    adds=(
        Column("units_by_assistant", COUNT, "units", "billed units that carry CQ or CO by the minutes of each"),
        Column("split_is_undecided", FLAG, "flag", "no rule that was read describes the split"),
        Column("split_basis", TEXT, "text", "why the units are split as they are"),
    ),
    compute=_split,
    lacks=_LACKS,
    is_by_row=True,
)


def _minutes(name: str, meaning: str, who: list[str]) -> Fact:
    return Fact(
        name=name,
        over="day_codes",
        dtype=pl.Int64,
        unit="minutes",
        meaning=meaning,
        lacks=_LACKS,
        aggregate=total(
            col.service_minutes,
            of="services",
            by=("day_code_id",),
            where=col.counts_for_split & pl.when(col.by.is_not_null()).then(col.by.is_in(who)),
            known="knows_services",
        ),
    )


facts = (
    Fact(
        name="counts_for_split",
        over="services",
        dtype=pl.Boolean,
        unit="flag",
        meaning="billable minutes of the code, in a group too where the code is a group code",
        lacks="with how many patients each service was furnished",
        expr=col.is_billable & ((col.group_size == 1) | col.day_code_is_group),
    ),
    _minutes("split_therapist_minutes", "minutes of the code by the therapist alone", _THERAPISTS),
    _minutes("split_assistant_minutes", "minutes of the code by an assistant alone", _ASSISTANTS),
    _minutes("split_together_minutes", "minutes of the code by both together", ["together"]),
    Fact(
        name="takes_assistant_modifier",
        over="day_codes",
        dtype=pl.Boolean,
        unit="flag",
        meaning="the code is one that an assistant's part is shown on: not a remote monitoring supply",
        lacks="the procedure code",
        expr=pl.when(col.day_code.is_not_null()).then(col.day_code.is_in(_SUPPLIES).not_()),
    ),
    Fact(
        name="units_to_split",
        over="day_codes",
        dtype=pl.Int64,
        unit="units",
        meaning="billed units of the code, where the minutes can support them; more than that is not split",
        lacks=_LACKS,
        expr=pl.when(
            (col.billed_units >= 0)
            & (
                col.allocated_units_most.is_null()
                | col.day_code_is_timed.not_()
                | (col.billed_units <= col.allocated_units_most)
            )
        ).then(col.billed_units),
    ),
)
