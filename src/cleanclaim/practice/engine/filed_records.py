"""What matching needs of a filed claim's record, read without the rest of it.

A payment of ten thousand claims reads as many records; addresses, providers and notes are nothing to it. Lines and
payers are the record's own models, so that what a field means is said once, in `records`.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from cleanclaim import records
from cleanclaim.practice.models import Claim
from cleanclaim.practice.sealing import closed
from cleanclaim.records.claim import ClaimLine, ClaimPayer


class _Name(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    family_name: str


class _Patient(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    name: _Name


class FiledRecord(BaseModel):
    """The part of `records.Claim` by which an answer finds its claim and its lines."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    patient: _Patient
    payer: ClaimPayer
    other_payers: tuple[ClaimPayer, ...] = ()
    diagnoses: tuple[str, ...]
    lines: tuple[ClaimLine, ...]


def read_filed(claim: Claim) -> FiledRecord:
    """A claim's record as far as matching needs it. Raises `ValueError` where the claim has none."""
    told = closed(claim, "record")
    if told is None:
        raise ValueError(f"claim {claim.pk}: it has no record; expected one, as it was filed")
    return FiledRecord.model_validate_json(told)


def read_whole(claim: Claim) -> records.Claim:
    """The whole record."""
    return records.Claim.model_validate(claim.record)
