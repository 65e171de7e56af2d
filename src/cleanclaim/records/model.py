"""The shape every record shares: closed (an unknown field is an error), immutable, `None` for unknown."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Identifier = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=38)]
"""A clinic's own key for a patient, visit or claim: never a name."""
Npi = Annotated[str, StringConstraints(pattern=r"^\d{10}$")]
"""A National Provider Identifier: ten digits; its check digit is judged by a rule, not refused here."""
StateCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
ProcedureCode = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[0-9A-Za-z]{5}$")]
Modifier = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[0-9A-Za-z]{2}$")]
NonNegative = Annotated[int, Field(ge=0)]
Minutes = Annotated[int, Field(ge=0, le=1440)]
"""Whole minutes of one day."""


class Record(BaseModel):
    """A record: fields not named here are refused, and a value once read does not change.

    `None` means the value is unknown. What is known to be absent is `[]`, `""` or `False`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)
