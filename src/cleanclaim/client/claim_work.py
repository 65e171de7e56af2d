"""What is done to stored claims through the API: reasons, references, releases, and the files that come of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from cleanclaim.client.wire import Answer, Sent, Stored

Reason = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class ReasonSent(Sent):
    """Why something is done; it stands in the claim's history under the member's name."""

    reason: Reason


class FixSent(Sent):
    """The reason for a fix that states something about the visit; a safe fix needs none."""

    reason: Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)] = ""


class ReferenceSent(Sent):
    """The payer's own number of the claim, as its answer gives it."""

    reference: Annotated[str, StringConstraints(min_length=1, max_length=50, strip_whitespace=True)]


class ReleaseSent(Sent):
    """Claims that are to go out: those that are ready go into one file a payer."""

    claims: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=1000)]


class BatchDocument(Stored):
    """A claim file as it was made. A file that is not for production is a test, and no payer pays a claim of it."""

    payer: str
    payer_name: str
    file_name: str
    interchange_control: str
    sha256: str
    claims_count: int
    charge_cents: int
    is_production: bool
    downloaded_at: datetime | None


class StayedClaim(Answer):
    """A claim that did not go out, and why."""

    claim: UUID
    id: str
    because: str


class ReleasedDocument(Answer):
    """What a release came to."""

    files: tuple[BatchDocument, ...]
    stayed: tuple[StayedClaim, ...]
