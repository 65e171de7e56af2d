"""The door of every call: who calls, how often, what they may do, in which clinic, and whether it was done before.

A call runs in its clinic's scope and in a transaction of its own, which a refusal takes back. Who calls and how often
is written before it, so that calls of one token do not wait for each other.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from cleanclaim.client.wire import Misfit
from cleanclaim.practice import tenancy
from cleanclaim.practice.access import Access
from cleanclaim.practice.api import idempotency, rate, tokens
from cleanclaim.practice.api.problems import ApiProblemError, unfit
from cleanclaim.practice.api.scopes import Needs, needs_of

Run = Callable[..., HttpResponse]


class ApiRequest(HttpRequest):
    """A request as the calls of the API receive it: whom it speaks for, and in which clinic."""

    access: Access
    caller: tokens.Caller


def door(run: Run) -> Run:
    """Let a call of the API in, or refuse it."""
    operation = cast("Any", run).__self__
    needs = needs_of(operation.view_func)
    queries = frozenset(
        name
        for model in operation.models
        if model.__ninja_param_source__ == "query"
        for name in model.__ninja_flatten_map__
    )

    @wraps(run)
    def entered(request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponse:  # noqa: ANN401 - the call's own
        origin = request.META.get("REMOTE_ADDR", "")
        headers: dict[str, str] = {}
        try:
            _check_query(request, queries)
            caller, allowance = _caller(request, origin)
            headers = allowance.headers()
            _check_allowance(allowance)
            _check_size(request)
            _check_rights(caller, needs)
            inside = cast("ApiRequest", request)
            inside.access, inside.caller = caller.access, caller
            answer = _done(inside, needs, lambda: run(request, *arguments, **options))
        except ApiProblemError as problem:
            answer = problem.response()
        for name, value in headers.items():
            answer.headers[name] = value
        return answer

    return entered


def _done(request: ApiRequest, needs: Needs, run: Callable[[], HttpResponse]) -> HttpResponse:
    """The call's answer; what it wrote is taken back where it is refused."""
    with transaction.atomic(), tenancy.scope([request.access.clinic.pk]):
        held: idempotency.Held | HttpResponse | None = None
        if request.method == "POST":
            key = idempotency.key_of(request, required=not needs.computes)
            held = idempotency.begin(request, request.caller.token, key) if key is not None else None
        if isinstance(held, HttpResponse):
            return held
        answer = run()
        if answer.status_code >= HTTPStatus.BAD_REQUEST:
            transaction.set_rollback(True)
        elif held is not None:
            idempotency.keep(held, answer)
        return answer


def _caller(request: HttpRequest, origin: str) -> tuple[tokens.Caller, rate.Allowance]:
    """Whom the request's token speaks for, and how often it may still call. Raises `ApiProblemError`."""
    named = tokens.clinic_of(request)
    if named is None:
        raise _unauthorized("Expected a header Authorization: Bearer, with a token of this practice.")
    clinic, text = named
    with transaction.atomic(), tenancy.scope([clinic]):
        caller = tokens.caller_of(clinic, text, origin)
        if caller is not None:
            return caller, rate.count_call(caller.token)
    spent = rate.count_guess(origin)
    if spent.is_spent:
        raise ApiProblemError(
            HTTPStatus.TOO_MANY_REQUESTS, "Too many refused tokens from this address; wait.", headers=spent.headers()
        )
    raise _unauthorized("The token is unknown, revoked or expired.")


def _unauthorized(detail: str) -> ApiProblemError:
    return ApiProblemError(HTTPStatus.UNAUTHORIZED, detail, headers={"WWW-Authenticate": 'Bearer realm="cleanclaim"'})


def _check_allowance(allowance: rate.Allowance) -> None:
    if allowance.is_spent:
        raise ApiProblemError(HTTPStatus.TOO_MANY_REQUESTS, "This token has called too often; wait.")


def _check_size(request: HttpRequest) -> None:
    """Read the body, which must not be larger than a call may be."""
    most: int = settings.API_MOST_BYTES
    too_large = ApiProblemError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"Expected a body of at most {most:,} bytes.")
    length = request.headers.get("Content-Length") or "0"
    if not length.isdecimal() or int(length) > most:
        raise too_large
    try:
        if len(request.body) > most:
            raise too_large
    except RequestDataTooBig:
        raise too_large from None


def _check_rights(caller: tokens.Caller, needs: Needs) -> None:
    if needs.scope.value not in caller.scopes:
        raise ApiProblemError(HTTPStatus.FORBIDDEN, f"The token lacks the scope {needs.scope.value}.")
    missing = [what.value for what in needs.can if not caller.access.may(what)]
    if missing:
        raise ApiProblemError(
            HTTPStatus.FORBIDDEN, f"The token's member may not {' or '.join(missing)} in this clinic."
        )


def _check_query(request: HttpRequest, known: frozenset[str]) -> None:
    """Every name of the query is known and stands once: a mistyped filter must not answer with everything."""
    errors = []
    for name, values in request.GET.lists():
        if name not in known:
            errors.append(Misfit(place=f"query.{name[:40]}", expected="no such parameter"))
        elif len(values) > 1:
            errors.append(Misfit(place=f"query.{name}", expected="one value"))
    if errors:
        raise unfit(errors)
