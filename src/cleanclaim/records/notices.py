"""What a patient of Original Medicare was told and chose before care (advance beneficiary notice), for claims."""

from __future__ import annotations

from enum import StrEnum

from cleanclaim.records.model import ProcedureCode, Record


class NoticeCoverage(StrEnum):
    """What Medicare says of the service, as the notice has it."""

    EXPECTED_DENIAL = "expected_denial"
    """Covered as a rule, expected to be denied here as not necessary: a notice is required."""
    EXCLUDED = "excluded"
    """Never covered: a notice is voluntary."""


class NoticeChoice(StrEnum):
    """What the patient chose on the form, by its number there."""

    BILL = "1"
    DO_NOT_BILL = "2"
    NO_CARE = "3"


class SignedNotice(Record):
    """A notice that the patient signed before care, and the procedure codes of the services that it names.

    A service that is named in words alone has no code here: which line it is, is for a person to say.
    """

    coverage: NoticeCoverage
    choice: NoticeChoice
    codes: tuple[ProcedureCode, ...] = ()
