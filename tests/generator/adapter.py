"""The doors to the program under test: visits are billed, claim files and flat rows are checked, as a user would.

Each tells of every finding: which visit or claim, the concept of its rule, its code, severity and place. The scorer
knows nothing else of the program.
"""

from __future__ import annotations

import csv
import io
import tempfile
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from cleanclaim.bill.job import bill
from cleanclaim.cli.checked import Checked, check
from cleanclaim.cli.inputs import Setting, read_batches
from cleanclaim.records import Clinic, Patient, Visit
from cleanclaim.reference.payers import Payer, load_folder
from cleanclaim.rules.book import active_rules, entry

CRASHED = "crashed"
"""Concept and severity of a rule that crashed."""
UNREADABLE = "unreadable"
"""Concept and severity of what the reader of a file says it cannot read; it is shown beside the findings."""
QUESTION = "open-question"
"""Concept and severity of what the job asks before a visit can be billed; it accuses nobody."""
PAYERS = Path(__file__).parents[2] / "examples" / "clinic-day" / "payers"


class Judged(NamedTuple):
    """One finding, as the scorer sees it."""

    visit_id: str
    """The visit, or the clinic's number of the claim."""
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


def judge_files(files: Sequence[bytes], as_of: date) -> list[Judged]:
    """All findings on the claims of 837P interchanges, one claim in each, and what could not be read of them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "claims.837"
        path.write_bytes(b"".join(files))
        (checked,) = check(read_batches([path], _setting(as_of)), active_rules())
    claims = [data[data.index(b"~CLM*") + 5 :].split(b"*")[0].decode() for data in files]
    ends = list(accumulate(data.count(b"~") for data in files))
    unread = [
        Judged(claims[bisect_left(ends, problem.segment)], UNREADABLE, problem.element, UNREADABLE, problem.found)
        for _, problem in checked.batch.problems
        if problem.segment
    ]
    return _findings(checked) + unread


def judge_rows(rows: Sequence[Mapping[str, str]], as_of: date) -> list[Judged]:
    """All findings on flat rows, as a CSV file with every column that a row has, and the rows set aside."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lines.csv"
        path.write_text(text.getvalue(), encoding="utf-8")
        (checked,) = check(read_batches([path], _setting(as_of)), active_rules())
    aside = [Judged(one.key, UNREADABLE, one.field, UNREADABLE, one.expected) for one in checked.batch.rejections]
    return _findings(checked) + aside


def _setting(as_of: date) -> Setting:
    return Setting(as_of=as_of, packs=packs())


def _findings(checked: Checked) -> list[Judged]:
    names = checked.batch.names
    found = [
        Judged(names[one.claim_id].key, _concept(one.code), one.code, one.severity, one.place)
        for one in checked.findings
    ]
    crashed = sorted(checked.verdicts.crashed.items())
    return found + [Judged(name.key, CRASHED, code, CRASHED, why) for name in names for code, why in crashed]
