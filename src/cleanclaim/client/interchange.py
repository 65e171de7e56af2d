"""What became of a document of another system."""

from __future__ import annotations

from uuid import UUID

from cleanclaim.client.wire import Answer


class TakenPatient(Answer):
    """A patient of the document. `is_new`: registered now; else known already by their number, and left as they are."""

    key: UUID
    id: str
    is_new: bool


class TakenVisit(Answer):
    """A visit of the document, now a draft. `is_new` is false where the clinic has it already, and left it as it is."""

    key: UUID
    id: str
    is_new: bool


class TakenDocument(Answer):
    """What was taken of a Bundle."""

    patients: tuple[TakenPatient, ...]
    visits: tuple[TakenVisit, ...]
