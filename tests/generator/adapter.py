"""The one door to the program under test.

`judge(clinic, patients, visits, as_of)` bills a batch as a user would and tells of each finding: which visit, the
concept of its rule, its code, severity and place. The scorer knows nothing else of the program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from cleanclaim.bill.job import bill
from cleanclaim.records import Clinic, Patient, Visit
from cleanclaim.reference.payers import Payer, load_folder
from cleanclaim.rules.book import entry

CRASHED = "crashed"
"""Concept and severity of a rule that crashed."""
QUESTION = "open-question"
"""Concept and severity of what the job asks before a visit can be billed; it accuses nobody."""
PAYERS = Path(__file__).parents[2] / "examples" / "clinic-day" / "payers"


class Judged(NamedTuple):
    """One finding, as the scorer sees it."""

    visit_id: str
    concept: str
    code: str
    severity: str
    place: str


@cache
def packs() -> dict[str, Payer]:
    """The three made-up payers of the sample clinic."""
    return {payer.id: payer for payer in load_folder(PAYERS)}


def _concept(code: str) -> str:
    found = entry(code)
    assert found is not None, code
    return str(found.rule.concept)


def judge(clinic: Clinic, patients: Mapping[str, Patient], visits: Sequence[Visit], as_of: date) -> list[Judged]:
    """All findings and questions on the visits, findings whose safe fix was made at once among them.

    One visit that crashes a rule would hide what the rule has to say of all others, so a batch with a crash is judged
    again in halves; the visits of a patient whose records crash it alone are told as `crashed`.
    """
    billed = bill(clinic, patients, visits, as_of=as_of, packs=packs())
    if not billed.crashed:
        found = [
            Judged(claim.key, _concept(finding.code), finding.code, finding.severity, str(finding.place))
            for claim in billed.claims
            for finding in (*claim.findings, *claim.mended)
        ]
        asked = [
            Judged(claim.key, QUESTION, "", QUESTION, question.what)
            for claim in billed.claims
            for question in claim.prepared.questions
        ]
        return found + asked
    keys = sorted({visit.patient_id for visit in visits})
    if len(keys) == 1:
        return [
            Judged(visit.id, CRASHED, code, CRASHED, why)
            for visit in visits
            for code, why in sorted(billed.crashed.items())
        ]
    half = len(keys) // 2
    return [
        item
        for part in (frozenset(keys[:half]), frozenset(keys[half:]))
        for item in judge(clinic, patients, [visit for visit in visits if visit.patient_id in part], as_of)
    ]
