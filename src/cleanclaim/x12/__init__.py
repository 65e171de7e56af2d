"""X12: claims written as 837P, and any X12 file read without loss. X12's own names stay inside this package."""

from cleanclaim.x12.characters import CharacterSet, Replacement
from cleanclaim.x12.control import ControlNumberError, ControlNumbers
from cleanclaim.x12.delimiters import STANDARD, DelimiterError, Delimiters
from cleanclaim.x12.readiness import ClaimNotWritableError, Gap
from cleanclaim.x12.writer_837p import ClaimFile, Envelope, EnvelopeError, Transaction, file_837p, write_837p

__all__ = [
    "STANDARD",
    "CharacterSet",
    "ClaimFile",
    "ClaimNotWritableError",
    "ControlNumberError",
    "ControlNumbers",
    "DelimiterError",
    "Delimiters",
    "Envelope",
    "EnvelopeError",
    "Gap",
    "Replacement",
    "Transaction",
    "file_837p",
    "write_837p",
]
