"""X12 files judged: syntax, guides and sums, with every fault in its place. See `validate` and `validate_file`."""

from cleanclaim.x12.validation.faults import Fault, FaultKind
from cleanclaim.x12.validation.validate import LIMIT, validate, validate_file
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
    "TransactionVerdict",
    "Validation",
    "validate",
    "validate_file",
]
