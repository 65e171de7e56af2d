"""Lists in pages: a cursor names the last row that was given, so that no row is given twice or left out.

Rows come by the moment they were made, then by their key. What is added meanwhile comes at the end.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet
from ninja.params.functions import Query
from pydantic import StringConstraints

from cleanclaim.client.wire import Page
from cleanclaim.practice.api.problems import ApiProblemError, misfit
from cleanclaim.practice.models import ClinicRow

R = TypeVar("R", bound=ClinicRow)
D = TypeVar("D")

MOST = 200

CursorText = Annotated[str, StringConstraints(max_length=120, pattern=r"^[A-Za-z0-9_-]+$")]
Cursor = Annotated[CursorText | None, Query(None, description="`next` of the page before.", example="MjAyNi0wOS0yNQ")]
Limit = Annotated[int, Query(50, ge=1, le=MOST, description="How many at most.")]


def page(
    rows: QuerySet[R],
    cursor: str | None,
    limit: int,
    document: Callable[[R], D],
    *,
    told: Callable[[Sequence[R]], None],
) -> Page[D]:
    """One page of a list.

    Args:
        rows: the rows, filtered, with what `document` reads of each.
        cursor: where the page before ended.
        limit: how many at most.
        document: a row as it is answered.
        told: is given the rows of the page, for the trail.

    Raises:
        ApiProblemError: the cursor is none of ours.
    """
    if cursor is not None:
        at, key = _read(cursor)
        rows = rows.filter(Q(created_at__gt=at) | Q(created_at=at, pk__gt=key))
    found = list(rows.order_by("created_at", "pk")[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    told(found)
    return Page[Any](items=tuple(map(document, found)), next=_written(found[-1]) if more else None)


def _written(row: ClinicRow) -> str:
    text = f"{row.created_at.isoformat()}|{row.pk.hex}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[datetime, UUID]:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
        at, _bar, key = text.partition("|")
        moment, last = datetime.fromisoformat(at), UUID(key)
    except (ValueError, binascii.Error):
        raise _no_cursor() from None
    if moment.tzinfo is None:
        raise _no_cursor()
    return moment, last


def _no_cursor() -> ApiProblemError:
    return misfit("query.cursor", "`next` of an earlier page, unchanged")
