"""The API put together: resources, the door before each, refusals as problems, and its description."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import pydantic
from django.db import DataError, IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from cleanclaim.practice.api import openapi
from cleanclaim.practice.api.door import door
from cleanclaim.practice.api.problems import ApiProblemError, misfits, not_found, problem_response, unfit
from cleanclaim.practice.api.resources import ROUTERS


class PracticeApi(NinjaAPI):
    """The API of a practice; its description is completed by `openapi.complete`."""

    def get_openapi_schema(self, **options: Any) -> Any:  # noqa: ANN401 - an OpenAPI document
        """The OpenAPI document."""
        return openapi.complete(super().get_openapi_schema(**options), self)


def _problem(request: HttpRequest, error: ApiProblemError) -> HttpResponse:
    del request
    return error.response()


def _validation(request: HttpRequest, error: ValidationError) -> HttpResponse:
    del request
    return unfit(misfits(error.errors)).response()


def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    del request
    return problem_response(HTTPStatus(error.status_code), "The request cannot be read.")


def _absent(request: HttpRequest, error: Http404) -> HttpResponse:
    del request, error
    return not_found().response()


def _taken(request: HttpRequest, error: IntegrityError) -> HttpResponse:
    del request, error
    return problem_response(HTTPStatus.CONFLICT, "Another record is in the way of this one.")


def _too_long(request: HttpRequest, error: DataError) -> HttpResponse:
    del request, error
    return problem_response(HTTPStatus.UNPROCESSABLE_ENTITY, "A value does not fit its column.")


def _raise(request: HttpRequest, error: Exception) -> HttpResponse:
    """What nobody foresaw goes on to the middleware; an answer of ours that breaks its own schema does, too."""
    del request
    raise error


def _build() -> PracticeApi:
    application = PracticeApi(
        title="CleanClaim",
        version="1",
        description=openapi.INTRODUCTION,
        openapi_url="/openapi.json",
        docs_url=None,
        urls_namespace="api",
    )
    application.add_exception_handler(ApiProblemError, _problem)
    application.add_exception_handler(ValidationError, _validation)
    application.add_exception_handler(HttpError, _http)
    application.add_exception_handler(Http404, _absent)
    application.add_exception_handler(IntegrityError, _taken)
    application.add_exception_handler(DataError, _too_long)
    application.add_exception_handler(pydantic.ValidationError, _raise)
    application.add_exception_handler(Exception, _raise)
    application.add_decorator(door, mode="view")
    for router in ROUTERS:
        application.add_router("", router)
    return application


api = _build()
"""The API. Django reads it with the addresses."""
