"""Refusals of the API: every one is an RFC 9457 problem that names fields and what was expected, never a value."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse

from cleanclaim.client.wire import Misfit
from cleanclaim.practice.validation_words import expected

MEDIA_TYPE = "application/problem+json"


class ApiProblemError(Exception):
    """A call that is refused: status, what is wrong, and where."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        *,
        errors: Iterable[Misfit] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})

    def response(self) -> HttpResponse:
        """The refusal as an answer."""
        return problem_response(self.status, self.detail, errors=self.errors, headers=self.headers)


def problem_response(
    status: HTTPStatus,
    detail: str,
    *,
    errors: Iterable[Misfit] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """A problem as an answer."""
    document: dict[str, Any] = {
        "type": f"urn:cleanclaim:problem:{status.phrase.lower().replace(' ', '-')}",
        "title": status.phrase,
        "status": int(status),
        "detail": detail,
        "errors": [item.model_dump() for item in errors],
    }
    answer = HttpResponse(json.dumps(document), status=int(status), content_type=MEDIA_TYPE)
    for name, value in (headers or {}).items():
        answer.headers[name] = value
    return answer


def misfit(place: str, expected: str) -> ApiProblemError:
    """A refusal for one value: well formed, but it does not fit."""
    return ApiProblemError(
        HTTPStatus.UNPROCESSABLE_ENTITY, "A value does not fit.", errors=(Misfit(place=place, expected=expected),)
    )


def unfit(errors: Iterable[Misfit]) -> ApiProblemError:
    """A refusal for several values."""
    found = tuple(errors)
    detail = "A value does not fit." if len(found) == 1 else f"{len(found)} values do not fit."
    return ApiProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors=found)


def not_found() -> ApiProblemError:
    """The refusal for what is not there, or is another clinic's: the two are not told apart."""
    return ApiProblemError(HTTPStatus.NOT_FOUND, "There is nothing at this address.")


def misfits(details: Iterable[Mapping[str, Any]], *, within: str = "") -> list[Misfit]:
    """Misfits from errors as pydantic lists them; `within` stands before each path, such as `body`."""
    return [
        Misfit(place=".".join(str(part) for part in (within, *item["loc"]) if part != ""), expected=expected(item))
        for item in details
    ]
