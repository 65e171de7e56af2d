"""X12 files judged: syntax, guides and sums, with every fault in its place. See `validate`."""

from cleanclaim.x12.validation.faults import Fault, FaultKind
from cleanclaim.x12.validation.validate import LIMIT, Source, validate
from cleanclaim.x12.validation.verdicts import (
    GroupVerdict,
    InterchangeVerdict,
    Outcome,
    TransactionVerdict,
    Validation,
)

__all__ = [
    "LIMIT",
    "Fault",
    "FaultKind",
    "GroupVerdict",
    "InterchangeVerdict",
    "Outcome",
    "Source",
    "TransactionVerdict",
    "Validation",
    "validate",
]
