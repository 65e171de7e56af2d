"""How ICD-10-CM codes are written: with a dot for people, without one in tables."""

from __future__ import annotations

import re

from cleanclaim.reference.icd10.data import CATEGORY

# From fiscal year 2027 one category has a letter in its second place: QA0, genetic disorders.
_WRITTEN = re.compile(r"(?:[A-Z][0-9]|QA)[0-9A-Z]{1,5}")


def normalize(text: str) -> str:
    """Drop dots, spaces and case: `m25.561 ` becomes `M25561`. The result need not be a code."""
    return text.strip().replace(".", "").replace(" ", "").upper()


def dotted(code: str) -> str:
    """Write a code for people, with its dot after the third character."""
    return f"{code[:CATEGORY]}.{code[CATEGORY:]}" if len(code) > CATEGORY else code


def is_well_formed(text: str) -> bool:
    """Whether text could be a code: a letter and a digit, or QA, then one to five letters or digits."""
    return _WRITTEN.fullmatch(normalize(text)) is not None
