"""Calls that may be repeated: the same key with the same call gets the same answer, and nothing is done twice."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from cleanclaim.client.wire import Misfit
from cleanclaim.practice.api.problems import ApiProblemError
from cleanclaim.practice.models import ApiToken, IdempotencyKey
from cleanclaim.practice.sealing import Plain

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
"""How long a key is remembered; after that the same key is a new call."""
KEY_PATTERN = r"^[A-Za-z0-9_.:-]{8,80}$"
_KEPT_HEADERS = ("Content-Type", "ETag", "Location")


@dataclass(frozen=True, slots=True)
class Held:
    """The key of a call that is being done; `row` keeps its place until the answer is known."""

    row: IdempotencyKey


def key_of(request: HttpRequest, *, required: bool) -> str | None:
    """The key that a call names. Raises `ApiProblemError` where it is no key, or none though one is required."""
    key = request.headers.get(HEADER)
    if key is None:
        if not required:
            return None
        raise _unfit("a key of your own for this call; it makes a repeated call safe")
    if re.fullmatch(KEY_PATTERN, key) is None:
        raise _unfit("8 to 80 letters, digits, or . _ : -")
    return key


def begin(request: HttpRequest, token: ApiToken, key: str) -> Held | HttpResponse:
    """Take a key for this call, or the answer that was given to it before. Call it inside a transaction.

    Two calls with one key at a time: the second waits for the first, and gets its answer. Raises `ApiProblemError`
    where the key was used for another call.
    """
    digest = _digest(request)
    IdempotencyKey.objects.filter(token=token, changed_at__lt=timezone.now() - KEPT).delete()
    row = IdempotencyKey(
        clinic_id=token.clinic_id, token=token, key=key, request_digest=digest, status=0, body=Plain(b"")
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        before = IdempotencyKey.objects.get(token=token, key=key)
        if before.request_digest != digest:
            raise _unfit("a key that was not used for another call") from None
        answer = HttpResponse(before.body.data, status=before.status)
        for name, value in before.headers.items():
            answer.headers[name] = value
        answer.headers["Idempotency-Replayed"] = "true"
        return answer
    return Held(row)


def keep(held: Held, answer: HttpResponse) -> None:
    """Keep the answer for the next call with this key. A refusal is not kept: its call did nothing."""
    row = held.row
    row.status, row.body = answer.status_code, Plain(answer.content)
    row.headers = {name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers}
    row.save(update_fields=["status", "body", "headers"])


def _digest(request: HttpRequest) -> str:
    whole = hashlib.sha256()
    for part in ((request.method or "").encode(), request.get_full_path().encode(), request.body):
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()


def _unfit(expected: str) -> ApiProblemError:
    errors = (Misfit(place=f"header.{HEADER}", expected=expected),)
    return ApiProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "The idempotency key does not fit.", errors=errors)
