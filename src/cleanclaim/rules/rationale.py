"""What a rule's file says of it, for people: the name of its family, and the parts of its docstring."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cleanclaim.rules.book import BookEntry

FAMILIES: dict[str, str] = {
    "authorization": "Authorizations",
    "charges": "Charges",
    "claim_form": "The claim form",
    "codes": "Procedure codes",
    "diagnoses": "Diagnoses",
    "documentation": "Documentation",
    "duplicates": "Duplicates",
    "evaluations": "Evaluation levels",
    "filing": "Timely filing",
    "identity": "Who bills, treats, refers and is treated",
    "modifiers": "Modifiers",
    "mue": "Unit limits (MUE)",
    "pairs": "Code pairs (NCCI)",
    "payer_limits": "Limits of a payer",
    "places": "Places of service",
    "plan_of_care": "Plan of care",
    "secondary": "Claims to a second payer",
    "therapist_day": "A therapist's day",
    "threshold": "The KX threshold",
    "units": "Units and minutes",
}
"""Family folder → its name for people; a new family without a name here goes by its folder."""

_ACRONYMS = frozenset({"bppv", "gp", "hcpcs", "icd", "id", "kx", "npi", "zip"})
"""Words of rules' names that people write in capitals."""

EACH: dict[str, str] = {
    "claims": "claim",
    "lines": "billed line",
    "services": "service furnished",
    "diagnoses": "diagnosis",
    "days": "day of a patient",
    "day_codes": "code of a day",
    "pairs": "pair of lines",
}
"""Table → what one of its rows is, for people."""


@dataclass(frozen=True, slots=True)
class Rationale:
    """A rule's docstring in its parts: what is wrong and why it matters, what is not flagged, and why the fix."""

    about: tuple[str, ...]
    not_flagged: str
    fix: str


def family_name(family: str) -> str:
    """The name of a family for people."""
    return FAMILIES.get(family, family.replace("_", " ").capitalize())


def spoken_name(name: str) -> str:
    """A rule's name as words: `referring-npi-check-digit` is `referring NPI check digit`."""
    return " ".join(word.upper() if word in _ACRONYMS else word for word in name.split("-"))


def rationale_of(entry: BookEntry) -> Rationale:
    """The parts of a rule's docstring, each as one text; empty where it says nothing of them."""
    found = {"": "", "Not flagged": "", "Fix": ""}
    current = ""
    for line in entry.rationale.splitlines():
        head, separator, rest = line.partition(":")
        begins = bool(separator) and head in found
        if begins:
            current = head
        found[current] += (rest.strip() if begins else line) + "\n"
    about = [block for block in re.split(r"\n\s*\n", found[""].strip()) if block]
    return Rationale(tuple(about), _capital(found["Not flagged"].strip()), _capital(found["Fix"].strip()))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
