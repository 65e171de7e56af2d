"""Answers below `/api/` that no call made: unknown addresses, other methods, and what nobody foresaw, as problems."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from cleanclaim.practice.api.problems import MEDIA_TYPE, problem_response

_LOG = logging.getLogger(__name__)
_PREFIX = "/api/"
_DETAILS = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "The address does not know this method; Allow lists those that it does.",
}


class ProblemResponses:
    """Every refusal below `/api/` is a problem document; a failure names its kind in the log, and no value."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and put what is no problem document yet into one."""
        answer = self.get_response(request)
        if not request.path_info.startswith(_PREFIX) or answer.status_code < HTTPStatus.BAD_REQUEST:
            return answer
        if answer.headers.get("Content-Type", "").startswith((MEDIA_TYPE, "application/fhir+json", "application/hl7")):
            return answer
        status = HTTPStatus(answer.status_code)
        kept = {name: answer.headers[name] for name in ("Allow", "Retry-After") if name in answer.headers}
        return problem_response(status, _DETAILS.get(status, status.description or status.phrase), headers=kept)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Log the kind and place of a failure of our own; its words are not logged, since they may hold data."""
        if not request.path_info.startswith(_PREFIX):
            return None
        place = exception.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "?"
        _LOG.error("a call failed: %s at %s", type(exception).__name__, where)
        return problem_response(HTTPStatus.INTERNAL_SERVER_ERROR, "The call failed on our side; nothing was changed.")
