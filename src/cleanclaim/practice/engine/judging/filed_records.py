"""What matching needs of a filed claim's record, read without the rest of it.

A payment of ten thousand claims reads as many records; addresses, providers and notes are nothing to it. Lines and
payers are the record's own models, so that what a field means is said once, in `records`.
"""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from cleanclaim import records
from cleanclaim.practice.models import Claim
from cleanclaim.practice.sealing import bound_to, closed, unseal
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


class FiledRow(NamedTuple):
    """Columns of a claim, by their names: what matching and posting ask of thousands of rows. `record` is sealed."""

    pk: UUID
    number: str
    clinic_id: UUID
    follows_id: UUID | None
    replaces_id: UUID | None
    frequency: str
    record: bytes | None


def read_filed(claim: Claim | FiledRow) -> FiledRecord:
    """A claim's record as far as matching needs it. Raises `ValueError` where the claim has none."""
    return FiledRecord.model_validate_json(_told(claim))


def read_whole(claim: Claim | FiledRow) -> records.Claim:
    """The whole record. Raises `ValueError` where the claim has none."""
    return records.Claim.model_validate_json(_told(claim))


def _told(claim: Claim | FiledRow) -> bytes:
    """The record as JSON."""
    if isinstance(claim, Claim):
        told = closed(claim, "record")
    elif claim.record is None:
        told = None
    else:
        told = unseal(bytes(claim.record), bound_to(claim.clinic_id, Claim._meta.db_table, claim.pk, "record"))  # noqa: SLF001 - its public name
    if told is None:
        raise ValueError(f"claim {claim.pk}: it has no record; expected one, as it was filed")
    return told
