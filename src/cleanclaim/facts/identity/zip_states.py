"""Whether the ZIP codes of patient and clinic lie in the states that their addresses name.

Only the first three digits are compared. An address abroad, a state that is none, and a ZIP code of another form are
other rules' to tell; here they are no contradiction.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

import polars as pl

from cleanclaim.facts.identity.described import described
from cleanclaim.facts.kit import Context, Stage
from cleanclaim.lines.schema import FLAG, TEXT, Column
from cleanclaim.reference import postal

_REMEMBERED = 65_536
_ZIP = re.compile(r"[0-9]{5}(-?[0-9]{4})?", re.ASCII)


@lru_cache(maxsize=_REMEMBERED)
def _elsewhere(text: str) -> tuple[bool | None, str]:
    """Whether a ZIP code, of `ZIP|state|country`, lies in other states, and in which; unknown for prefixes not read."""
    zip_code, state, country = text.split("|", 2)
    if country not in {"", "US"} or state not in postal.states() or not _ZIP.fullmatch(zip_code):
        return False, ""
    lies_in = postal.states_of_zip(zip_code)
    if not lies_in:
        return None, ""
    return state not in lies_in, " or ".join(sorted(lies_in))


def _columns(who: str, whose: str) -> tuple[Column, ...]:
    return (
        Column(f"{who}_zip_is_elsewhere", FLAG, "flag", f"the ZIP code of the {whose} lies in another state"),
        Column(f"{who}_zip_states", TEXT, "codes", f"the states in which the ZIP code of the {whose} lies"),
    )


def _stage(who: str, whose: str) -> Stage:
    """Of one address; claims with the same one are asked once."""
    needs = tuple(f"{who}_{part}" for part in ("zip", "state", "country"))
    adds = _columns(who, whose)

    def compute(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
        zips, states, countries = (frames["claims"].get_column(name) for name in needs)
        return pl.DataFrame(described(zips + "|" + states + "|" + countries, _elsewhere, adds))

    return Stage(
        name=f"{who}-zip-states",
        over="claims",
        needs=needs,
        adds=adds,
        compute=compute,
        lacks=f"ZIP code, state and country of {whose}",
        is_by_row=True,
    )


stages = (_stage("patient", "patient"), _stage("billing", "clinic"))
