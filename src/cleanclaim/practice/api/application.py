"""The API put together: resources, the door before each, refusals as problems, and its description."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db import DataError, IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from cleanclaim.practice.api import openapi
from cleanclaim.practice.api.door import door
from cleanclaim.practice.api.problems import ApiProblemError, misfits, not_found, problem_response, unfit
from cleanclaim.practice.api.resources import ROUTERS


class PracticeApi(NinjaAPI):
    """The API of a practice; its description is completed by `openapi.complete`."""

    def get_openapi_schema(self, **options: Any) -> Any:  # noqa: ANN401 - an OpenAPI document
        """The OpenAPI document, whole; `options` are the framework's own, and change nothing of it."""
        del options
        return openapi.complete(super().get_openapi_schema(path_prefix=openapi.PREFIX), self)


def _answer(request: HttpRequest, error: Any) -> HttpResponse:  # noqa: ANN401 - the framework gives whatever was raised
    """A refusal for what a call raised; what nobody foresaw goes on to the middleware."""
    del request
    match error:
        case ApiProblemError():
            return error.response()
        case ValidationError():
            return unfit(misfits(error.errors)).response()
        case HttpError():
            return problem_response(HTTPStatus(error.status_code), "The request cannot be read.")
        case Http404():
            return not_found().response()
        case IntegrityError():
            return problem_response(HTTPStatus.CONFLICT, "Another record is in the way of this one.")
        case DataError():
            return problem_response(HTTPStatus.UNPROCESSABLE_ENTITY, "A value does not fit its column.")
        case _:
            raise error


_REFUSED: tuple[type[Exception], ...] = (
    ApiProblemError,
    ValidationError,
    HttpError,
    Http404,
    IntegrityError,
    DataError,
    Exception,
)
"""What calls may raise; the framework looks for the nearest."""


def _build() -> PracticeApi:
    application = PracticeApi(
        title="CleanClaim",
        version="1",
        description=openapi.INTRODUCTION,
        openapi_url="/openapi.json",
        docs_url=None,
        urls_namespace="api",
    )
    for kind in _REFUSED:
        application.add_exception_handler(kind, _answer)
    application.add_decorator(door, mode="view")
    for router in ROUTERS:
        application.add_router("", router)
    return application


def addresses() -> tuple[list[URLPattern | URLResolver], str, str]:
    """The API's addresses; the door opens transactions itself, so that none spans the whole request."""
    patterns, name, namespace = api.urls
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            pattern.callback = transaction.non_atomic_requests(pattern.callback)
    return patterns, name, namespace


api = _build()
"""The API, as the addresses mount it and the description tells it."""
