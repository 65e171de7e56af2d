"""Bodies of requests: JSON, read strictly, within bounds that keep every later layer safe."""

from __future__ import annotations

import json
import re
from collections.abc import Hashable
from functools import cache
from http import HTTPStatus
from typing import Any, cast

import pydantic
from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.params.models import Body, BodyModel
from pydantic import TypeAdapter

from cleanclaim.client.wire import MAX_NUMBER, MAX_TEXT, Misfit
from cleanclaim.practice.api.problems import ApiProblemError, misfit, misfits, unfit

_DEEPEST = 24
_NOT_PLAIN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters but tab and new lines, and halves of characters."""
_TYPES = ("application/json", "application/merge-patch+json")


class JsonBodyModel(BodyModel):
    """A body of JSON, read by pydantic's strict rules: a number is no text, a text no number, a day no moment."""

    @classmethod
    def resolve(cls, request: HttpRequest, api: NinjaAPI, path_params: dict[str, Any]) -> Any:  # noqa: ANN401 - the framework's
        """The body's one value. Raises `ApiProblemError` with the paths that do not fit."""
        del api, path_params
        name = next(iter(cls.model_fields))
        field = cls.model_fields[name]
        data = json_of(request)
        try:
            value = _adapter(cast("Hashable", field.annotation)).validate_json(json.dumps(data), strict=True)
        except pydantic.ValidationError as error:
            found = error.errors(include_input=False, include_url=False)
            raise unfit(misfits(found, within="body")) from None
        return cls.model_construct(**{name: value})


class JsonBody(Body):  # type: ignore[misc] # as the framework's own parameters are made
    """Marks an argument that is read from the body as JSON."""

    _model = JsonBodyModel

    @classmethod
    def _param_source(cls) -> str:
        return "body"


@cache
def _adapter(annotation: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast("type[Any]", annotation))


def json_of(request: HttpRequest, types: tuple[str, ...] = _TYPES) -> Any:  # noqa: ANN401 - JSON
    """The body as JSON within the bounds. Raises `ApiProblemError`: 415, or 422 naming the first place that is out."""
    if request.content_type not in types:
        raise ApiProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Expected a body of {' or '.join(types)}.")
    try:
        data = json.loads(request.body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise misfit("body", "JSON in UTF-8, each name once in its object") from None
    problem = out_of_bounds(data, "body")
    if problem is not None:
        raise unfit([problem])
    return data


def out_of_bounds(value: Any, place: str, depth: int = 0) -> Misfit | None:  # noqa: ANN401 - JSON
    """The first place of a document that no later layer should see: depth, length, size, control characters."""
    if depth > _DEEPEST:
        return Misfit(place=place, expected=f"at most {_DEEPEST} levels")
    match value:
        case str():
            return _text_out_of_bounds(value, place)
        case bool() | None:
            return None
        case int() | float():
            within = -MAX_NUMBER <= value <= MAX_NUMBER
            return None if within else Misfit(place=place, expected=f"a number within ±{MAX_NUMBER}")
        case list():
            found = (out_of_bounds(item, f"{place}.{number}", depth + 1) for number, item in enumerate(value))
        case _:
            found = (
                _text_out_of_bounds(name, place) or out_of_bounds(item, f"{place}.{name[:40]}", depth + 1)
                for name, item in value.items()
            )
    return next((item for item in found if item is not None), None)


def is_plain(text: str) -> bool:
    """Whether a text holds no control characters but tab and new lines, and no half of a character."""
    return _NOT_PLAIN.search(text) is None


def _text_out_of_bounds(text: str, place: str) -> Misfit | None:
    if len(text) > MAX_TEXT:
        return Misfit(place=place, expected=f"at most {MAX_TEXT} characters")
    if not is_plain(text):
        return Misfit(place=place, expected="text without control characters other than tab and new line")
    return None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")
