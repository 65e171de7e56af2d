"""Changes to stored documents: which version they are of, and merging them in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, TypeVar

import pydantic
from django.http import HttpResponse

from cleanclaim.client.wire import Misfit
from cleanclaim.practice.api.door import ApiRequest
from cleanclaim.practice.api.problems import ApiProblemError, misfits, unfit
from cleanclaim.practice.models import ClinicRow, StaleRowError

M = TypeVar("M", bound=pydantic.BaseModel)

_ETAG = re.compile(r'(?:W/)?"(?P<version>\d{1,9})"')


def tag(answer: HttpResponse, version: int) -> None:
    """Put a document's version onto its answer."""
    answer.headers["ETag"] = f'"{version}"'


def tell(  # noqa: PLR0913 - what was done, with what, and where it stands
    request: ApiRequest, answer: HttpResponse, action: str, subject: str, row: ClinicRow, *, detail: str = "",
    address: str = "",
) -> None:  # fmt: skip
    """Write down what was done with a row, and put its version, and the address of a new one, onto the answer."""
    request.access.record(action, subject, row.pk, detail=f"api: {detail}" if detail else "api")
    tag(answer, row.version)
    if address:
        answer.headers["Location"] = f"/api/v1/{address}"


def require_version(request: ApiRequest, row: ClinicRow) -> int:
    """The version that a change is of, which must be the row's. Raises `ApiProblemError`: 428 without, 412 stale."""
    named = request.headers.get("If-Match")
    if named is None:
        raise ApiProblemError(
            HTTPStatus.PRECONDITION_REQUIRED,
            "A change says which version it is of.",
            errors=(Misfit(place="header.If-Match", expected="the ETag of the document that is changed"),),
        )
    found = _ETAG.fullmatch(named.strip())
    if found is None or int(found["version"]) != row.version:
        raise stale()
    return row.version


def write(row: ClinicRow, version: int, columns: Mapping[str, Any]) -> None:
    """Write columns of a row that is at `version`. Raises `ApiProblemError` (412) where it was changed meanwhile."""
    for name, value in columns.items():
        setattr(row, name, value)
    try:
        row.save_if_unchanged(version, *sorted(columns))
    except StaleRowError:
        raise stale() from None


def stale() -> ApiProblemError:
    """The refusal of a change to a version that is no more."""
    return ApiProblemError(
        HTTPStatus.PRECONDITION_FAILED, "The document was changed meanwhile; read it again and repeat the change."
    )


def merged(model: type[M], document: pydantic.BaseModel, change: Mapping[str, Any]) -> M:
    """A document with a merge patch (RFC 7396) put in, read strictly as `model`.

    A null takes a field back to what it is when nobody has said. Raises `ApiProblemError` for what does not fit.
    """
    before = document.model_dump(mode="json", include=set(model.model_fields))
    unknown = sorted(set(change) - set(model.model_fields))
    if unknown:
        raise unfit(Misfit(place=f"body.{name[:40]}", expected="no such field") for name in unknown)
    try:
        return model.model_validate_json(json.dumps(_merge(before, change)), strict=True)
    except pydantic.ValidationError as error:
        raise unfit(misfits(error.errors(include_input=False, include_url=False), within="body")) from None


def _merge(before: Any, change: Any) -> Any:  # noqa: ANN401 - JSON
    if not isinstance(change, Mapping):
        return change
    result = dict(before) if isinstance(before, Mapping) else {}
    for name, value in change.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = _merge(result.get(name), value)
    return result
