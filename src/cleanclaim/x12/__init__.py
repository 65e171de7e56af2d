"""X12: claims written as 837P, and any X12 file read without loss. X12's own names stay inside this package."""

from cleanclaim.x12.characters import CharacterSet, Replacement
from cleanclaim.x12.control import ControlNumberError, ControlNumbers
from cleanclaim.x12.delimiters import STANDARD, DelimiterError, Delimiters
from cleanclaim.x12.interchange import Interchange, Segment, X12File, read
from cleanclaim.x12.parsed import UNWITNESSED, ParsedAddress, ParsedClaim, ParsedLine, ParsedParty, ParsedPayer
from cleanclaim.x12.problems import Problem
from cleanclaim.x12.reader_837p import claims_of, read_837p
from cleanclaim.x12.readiness import ClaimNotWritableError, Gap, Readiness
from cleanclaim.x12.transactions import TransactionSet, transactions
from cleanclaim.x12.writer_837p import (
    ClaimFile,
    Clearinghouse,
    Envelope,
    EnvelopeError,
    Transaction,
    file_837p,
    write_837p,
)

__all__ = [
    "STANDARD",
    "UNWITNESSED",
    "CharacterSet",
    "ClaimFile",
    "ClaimNotWritableError",
    "Clearinghouse",
    "ControlNumberError",
    "ControlNumbers",
    "DelimiterError",
    "Delimiters",
    "Envelope",
    "EnvelopeError",
    "Gap",
    "Interchange",
    "ParsedAddress",
    "ParsedClaim",
    "ParsedLine",
    "ParsedParty",
    "ParsedPayer",
    "Problem",
    "Readiness",
    "Replacement",
    "Segment",
    "Transaction",
    "TransactionSet",
    "X12File",
    "claims_of",
    "file_837p",
    "read",
    "read_837p",
    "transactions",
    "write_837p",
]
