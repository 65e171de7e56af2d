"""Large files of patients and visits: read behind the page, shown as they would come in, then brought in.

Reading and bringing in are two jobs, since a person looks at the first one's findings before the second is asked for.
What cannot be used is kept as the job's file, for it may name rows by patients' numbers.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import IO

from cleanclaim.practice import audit_trail
from cleanclaim.practice.engine.jobs import importing
from cleanclaim.practice.engine.jobs.importing import Draft, What
from cleanclaim.practice.engine.jobs.job_files import keep_file, name_of, open_file
from cleanclaim.practice.engine.jobs.job_steps import run_pieces
from cleanclaim.practice.models import Clinic, Job, JobFile, User
from cleanclaim.records.reading import Rejection

READ = "import preview"
BRING_IN = "import"

PIECE = 100
"""Rows that are brought in with one transaction."""

_REJECTIONS = "rejections.json"


def ask_to_read(clinic: Clinic, user: User, *, name: str, file: IO[bytes], what: What, signed: bool) -> Job:
    """Keep a file, and write down that it is to be read. `run_read` does it."""
    place = {"what": what.value, "signed": signed}
    job: Job = Job.objects.create(clinic=clinic, kind=READ, total=1, asked_by=user, place=place, result={})
    keep_file(job, name, file, is_result=False)
    return job


def ask_to_bring_in(clinic: Clinic, user: User, read: Job) -> Job:
    """Write down that the good rows of a file that was read are to be brought in. `run_bring_in` does it.

    The file goes over to the new job. Raises `ValueError` where it is gone: it was brought in already.
    """
    if read.kind != READ or name_of(read, is_result=False) is None:
        raise ValueError("the file is no longer kept: it was brought in, or too long ago")
    place = {"what": read.place["what"], "signed": read.place["signed"], "row": 0}
    total = read.result.get("rows that can come in", 0)
    job: Job = Job.objects.create(clinic=clinic, kind=BRING_IN, total=total, asked_by=user, place=place, result={})
    with open_file(read, is_result=False) as file:
        keep_file(job, name_of(read, is_result=False) or "", file, is_result=False)
    JobFile.objects.filter(job=read, is_result=False).delete()
    return job


def run_read(job: Job) -> None:
    """Read the job's file and hold it against the clinic; nothing of it is written."""

    def piece(held: Job) -> bool:
        if held.done:
            return False
        draft = _draft(held)
        _keep_rejections(held, draft.rejections)
        held.result = {"rows that can come in": draft.count, "problems": len(draft.rejections)}
        held.done = 1
        return True

    run_pieces(job, piece)


def run_bring_in(job: Job) -> None:
    """Bring the good rows of the job's file in, piece by piece; one that was killed goes on behind the last row."""
    draft: Draft | None = None

    def piece(held: Job) -> bool:
        nonlocal draft
        if draft is None:
            draft = _draft(held)
            if not held.place["row"]:
                _keep_rejections(held, draft.rejections)
        reached = held.place["row"]
        rows = [row for row, _record in (*draft.patients, *draft.visits) if row > reached][:PIECE]
        if not rows:
            JobFile.objects.filter(job=held, is_result=False).delete()
            detail = f"{held.result.get('brought in', 0)} rows from a file, {len(rejections_of(held))} refused"
            audit_trail.record(held.clinic_id, held.asked_by, "create", draft.what.value, detail=detail)
            return False
        part = Draft(
            draft.what,
            [one for one in draft.patients if reached < one[0] <= rows[-1]],
            [one for one in draft.visits if reached < one[0] <= rows[-1]],
        )
        written, refused = importing.bring_in(held.clinic, part, signed=held.place["signed"])
        if refused:
            _keep_rejections(held, [*rejections_of(held), *refused])
        told = held.result
        held.result = {
            "brought in": told.get("brought in", 0) + written,
            "problems": len(rejections_of(held)),
        }
        held.done += len(rows)
        held.place = held.place | {"row": rows[-1]}
        return True

    run_pieces(job, piece)


def rejections_of(job: Job) -> list[Rejection]:
    """The rows of a job's file that cannot be used."""
    with open_file(job, is_result=True) as file:
        return [Rejection(**one) for one in json.loads(file.read() or b"[]")]


def _draft(job: Job) -> Draft:
    name = name_of(job, is_result=False) or ""
    what = What(job.place["what"])
    with open_file(job, is_result=False) as file:
        try:
            text = file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            return Draft(what, rejections=[Rejection(name, 1, "", "file", "text in UTF-8")])
    return importing.read(name, text, what)


def _keep_rejections(job: Job, rejections: Sequence[Rejection]) -> None:
    data = json.dumps([asdict(one) for one in rejections]).encode()
    keep_file(job, _REJECTIONS, io.BytesIO(data), is_result=True)
