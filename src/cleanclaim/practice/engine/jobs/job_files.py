"""Files that jobs read and make, in sealed parts of their job's rows, so that any worker finds them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO

from cleanclaim.practice import tenancy
from cleanclaim.practice.models import Job, JobFile
from cleanclaim.practice.sealing import Plain

PART = 4 * 1024 * 1024
"""Bytes of a part."""

_IN_MEMORY = 16 * 1024 * 1024


def keep_file(job: Job, name: str, file: IO[bytes], *, is_result: bool) -> int:
    """Keep a file from where it stands, in place of one kept before; says its size. The job's clinic is in scope."""
    JobFile.objects.filter(job=job, is_result=is_result).delete()
    size = position = 0
    while data := file.read(PART):
        JobFile.objects.create(
            clinic_id=job.clinic_id, job=job, is_result=is_result, position=position, name=name[-120:],
            content=Plain(data),
        )  # fmt: skip
        size, position = size + len(data), position + 1
    return size


def name_of(job: Job, *, is_result: bool) -> str | None:
    """The name of a job's file; `None` where there is none."""
    names = JobFile.objects.filter(job=job, is_result=is_result).values_list("name", flat=True)
    return next(iter(names[:1]), None)


def parts_of(job: Job, *, is_result: bool) -> Iterator[bytes]:
    """A job's file part by part, each read in a scope of its own, so that it may be sent after the request is over."""
    position = 0
    while True:
        with tenancy.scope([job.clinic_id]):
            part = JobFile.objects.filter(job=job, is_result=is_result, position=position).first()
        if part is None:
            return
        yield part.content.data
        position += 1


def open_file(job: Job, *, is_result: bool) -> IO[bytes]:
    """A job's file at its beginning; whoever asks closes it."""
    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed by who asked
    for data in parts_of(job, is_result=is_result):
        file.write(data)
    file.seek(0)
    return file
