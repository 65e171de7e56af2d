"""Read the notes of a large batch by several processes."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait

from cleanclaim.bill.drafts import Draft, Found
from cleanclaim.bill.visit_reading import read_visit
from cleanclaim.records import Visit

_BATCH = 100
"""Visits that a process reads at a time: a good tenth of a second."""

_ALONE = 1_500
"""Fewer visits than this are read before a second process would have started; for each as many, one more."""


def read_all(drafts: Sequence[Draft], processes: int) -> None:
    """Read every visit; others take batches from the end while this process takes them from the front."""
    if processes <= 1 or len(drafts) < _ALONE:
        for draft in drafts:
            read_visit(draft)
        return
    batches = deque(drafts[start : start + _BATCH] for start in range(0, len(drafts), _BATCH))
    # A process that is forked while Polars runs can hang.
    count = min(processes - 1, len(drafts) // _ALONE)
    with ProcessPoolExecutor(count, multiprocessing.get_context("spawn")) as others:
        given: dict[Future[list[Found]], Sequence[Draft]] = {}
        while batches or given:
            while batches and len(given) < 2 * count:
                batch = batches.pop()
                given[others.submit(_read_apart, [(draft.visit, draft.stimulation) for draft in batch])] = batch
            if batches:
                for draft in batches.popleft():
                    read_visit(draft)
            for future in wait(given, timeout=0 if batches else None, return_when=FIRST_COMPLETED).done:
                for draft, found in zip(given.pop(future), future.result(), strict=True):
                    draft.found = found


def _read_apart(asked: Sequence[tuple[Visit, str | None]]) -> list[Found]:
    """Read visits for another process."""
    drafts = [Draft(visit, None, None, (), stimulation) for visit, stimulation in asked]
    for draft in drafts:
        read_visit(draft)
    return [draft.found for draft in drafts]
