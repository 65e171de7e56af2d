"""The description of the API, completed: refusals of every call, headers, bounds, examples, exact bodies."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ninja.schema import NinjaGenerateJsonSchema
from pydantic import BaseModel

from cleanclaim.client.wire import MAX_NUMBER, MAX_TEXT, Problem
from cleanclaim.practice.api import idempotency
from cleanclaim.practice.api.examples import EXAMPLES
from cleanclaim.practice.api.problems import MEDIA_TYPE
from cleanclaim.practice.api.scopes import needs_of

if TYPE_CHECKING:
    from ninja import NinjaAPI
    from ninja.operation import Operation

PREFIX = "api/v1"
"""Where the API is."""

INTRODUCTION = """\
One clinic a token: a token is made by a member of a clinic on its tokens page, and may do what its scopes and its
member's role allow. Every call, and every read of patient data, is written into the clinic's audit log.

- **Money** is whole cents. Null is unknown. Roles that see no dollars get null for every amount.
- **Keys.** `key` is a random key that stands in addresses; `id` is the clinic's own number. No address holds patient
  data: what is searched for stands in a body.
- **Repeating a call.** Every POST that writes asks for a header `Idempotency-Key` of your own. The same key with the
  same call gets the same answer for 24 hours; with another call it is refused.
- **Changes** are JSON merge patches with a header `If-Match`, the ETag of the document as you read it.
- **Lists** come in pages: `next` is the `cursor` of the next one.
- **Refusals** are problem documents (RFC 9457). `errors` names each place and what was expected there; a value is
  never repeated.
- **Bounds.** A text has at most 20,000 characters and no control characters but tab and new line; a whole number lies
  within ±999,999,999; a body has at most 4 MiB. A token may call 600 times a minute unless the deployment says
  otherwise.
"""

_REFERENCE = "#/components/schemas/{model}"
_CLOCK = r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?$"
_PLAIN_TEXT = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$"

_REFUSALS: dict[str, str] = {
    "401": "No token, or one that is unknown, revoked or expired.",
    "403": "The token's scopes, or its member's role, do not allow it.",
    "413": "The body is too large.",
    "422": "A value does not fit; `errors` names each.",
    "429": "Too many calls; `Retry-After` says how many seconds to wait.",
}
_FURTHER: dict[str, str] = {
    "404": "There is nothing at this address, in this clinic.",
    "409": "Another record is in the way, or the document is locked.",
    "412": "The document was changed meanwhile.",
    "415": "The body is of another type.",
    "428": "`If-Match` is missing.",
}
_PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
_RATE_HEADERS = {
    "RateLimit-Limit": "Calls a minute.",
    "RateLimit-Remaining": "Calls left of this minute.",
    "RateLimit-Reset": "Seconds until the count begins anew.",
}


def complete(document: dict[str, Any], api: NinjaAPI) -> dict[str, Any]:
    """The document with everything that calls have in common and the framework does not know."""
    schemas = document["components"]["schemas"]
    schemas["Problem"] = _inlined(Problem.model_json_schema(ref_template=_REFERENCE), schemas)
    document["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "A token of the clinic's tokens page: `cc1_…`."}
    }
    document["components"]["headers"] = {name: _header(says) for name, says in _RATE_HEADERS.items()}
    document["components"]["responses"] = _refusals()
    document["security"] = [{"token": []}]
    document["servers"] = [{"url": "/", "description": "This practice."}]
    for path, method, operation in _operations(api):
        call = document["paths"][path][method]
        _call(call, operation, schemas)
    _answers_are_plain(document)
    _clock_times(document)
    sent = _sent_schemas(document)
    for name in sent:
        _bound(schemas[name])
    for name, example in EXAMPLES.items():
        schemas[name]["examples"] = [example]
    ordered: dict[str, Any] = json.loads(json.dumps(document, sort_keys=True))
    return ordered


def _operations(api: NinjaAPI) -> Iterator[tuple[str, str, Operation]]:
    for router in api._get_bound_routers():  # noqa: SLF001 - there is no other way to the operations
        for path, view in router.path_operations.items():
            for operation in view.operations:
                plain = re.sub(r"{[^}:]+:", "{", path)
                for method in operation.methods:
                    yield f"/{PREFIX}{plain}", method.lower(), operation


def _call(call: dict[str, Any], operation: Operation, schemas: dict[str, Any]) -> None:
    """Complete one call."""
    needs = needs_of(operation.view_func)
    method = operation.methods[0]
    call["summary"], _stop, rest = (operation.description or "").partition("\n\n")
    call["summary"] = " ".join(call["summary"].split()).rstrip(".")
    rights = " and ".join([f"scope `{needs.scope.value}`", *(f"may {what.value}" for what in needs.can)])
    call["description"] = "\n\n".join(part for part in (rest.strip(), f"Needs: {rights}.") if part)
    refusals = dict(_REFUSALS)
    if "{" in operation.path:
        refusals["404"] = _FURTHER["404"]
    raw = getattr(operation.view_func, "raw_body", None)
    if raw is not None:
        call["requestBody"] = {"required": True, "content": raw}
    if "requestBody" in call:
        refusals["415"] = _FURTHER["415"]
    parameters = call.setdefault("parameters", [])
    if method == "POST":
        parameters.append(_key_parameter(required=not needs.computes))
        if not needs.computes:
            refusals["409"] = _FURTHER["409"]
    if method == "PATCH" and needs.change_of is not None:
        parameters.append(
            {
                "in": "header",
                "name": "If-Match",
                "required": True,
                "schema": {"type": "string", "pattern": r'^"\d{1,9}"$', "examples": ['"1"']},
                "description": "The ETag of the document that is changed.",
            }
        )
        refusals |= {name: _FURTHER[name] for name in ("409", "412", "428")}
        change = _change_of(needs.change_of, schemas)
        call["requestBody"] = {
            "required": True,
            "content": {name: {"schema": change} for name in ("application/json", "application/merge-patch+json")},
        }
    if operation.operation_id in _CONFLICTS:
        refusals["409"] = _FURTHER["409"]
    for status, answer in call["responses"].items():
        answer["headers"] = _headers(str(status), operation)
    given = getattr(operation.view_func, "raw_answers", {})
    for status, content in given.items():
        call["responses"][status] = {**content, "headers": _headers(status, operation)}
    for status in refusals:
        stated = call["responses"].get(status)
        refused = {"$ref": f"#/components/responses/Refused{status}"}
        if stated is None:
            call["responses"][status] = refused
        else:  # beside an answer of the call's own, such as an acknowledgment
            stated["content"] = {**stated["content"], **_PROBLEM}
    call["responses"] = {str(status): answer for status, answer in sorted(call["responses"].items(), key=_by_status)}


def _refusals() -> dict[str, Any]:
    """Every refusal that calls have in common."""
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in _RATE_HEADERS}
    found: dict[str, Any] = {}
    for status, says in sorted((_REFUSALS | _FURTHER).items()):
        own = dict(headers)
        if status == "401":
            own = {"WWW-Authenticate": _header("How to name a token.")}
        if status == "429":
            own["Retry-After"] = _header("Seconds to wait.")
        found[f"Refused{status}"] = {"description": says, "headers": own, "content": _PROBLEM}
    return found


_CONFLICTS = frozenset({"read_claim_as_fhir"})
"""Reads that the state of a document can refuse."""


def _by_status(item: tuple[Any, Any]) -> str:
    return str(item[0])


def _key_parameter(*, required: bool) -> dict[str, Any]:
    return {
        "in": "header",
        "name": idempotency.HEADER,
        "required": required,
        "schema": {"type": "string", "pattern": idempotency.KEY_PATTERN, "examples": ["2026-09-25.V0117.1"]},
        "description": "A key of your own: a repeated call with it is done once.",
    }


def _header(says: str) -> dict[str, Any]:
    return {"description": says, "schema": {"type": "string"}}


def _headers(status: str, operation: Operation) -> dict[str, Any]:
    found: dict[str, Any] = {name: {"$ref": f"#/components/headers/{name}"} for name in _RATE_HEADERS}
    if status == "201":
        found["Location"] = _header("The address of what was made.")
    if operation.methods[0] == "POST" and status.startswith("2"):
        found["Idempotency-Replayed"] = _header("`true` where this is the answer to an earlier call.")
    if status.startswith("2") and getattr(operation.view_func, "__annotations__", {}).get("response"):
        found["ETag"] = _header("The document's version.")
    return found


def _change_of(model: type[BaseModel], schemas: dict[str, Any]) -> dict[str, Any]:
    """The schema of a merge patch of a document: every field may be left out, or null to take it back."""
    whole = model.model_json_schema(ref_template=_REFERENCE, schema_generator=NinjaGenerateJsonSchema)
    fields = _inlined(whole, schemas)["properties"]
    changed = f"{model.__name__.removesuffix('Fields')}Change"
    schemas[changed] = {
        "title": changed,
        "type": "object",
        "description": "Fields that change; a null takes one back to what it is when nobody has said.",
        "additionalProperties": False,
        "properties": {
            field: {"anyOf": [{key: value for key, value in shape.items() if key != "default"}, {"type": "null"}]}
            for field, shape in fields.items()
        },
    }
    return {"$ref": f"#/components/schemas/{changed}"}


def _inlined(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    schemas.update(schema.pop("$defs", {}))
    return schema


def _answers_are_plain(document: dict[str, Any]) -> None:
    """Take out what only the framework's own pages read."""
    for calls in document["paths"].values():
        for call in calls.values():
            for parameter in call["parameters"]:
                parameter["schema"].pop("title", None)


def _clock_times(node: Any) -> None:  # noqa: ANN401 - part of a document
    """Say times by the clinic's clock as they are: `time` of RFC 3339 would carry a zone."""
    if isinstance(node, list):
        for value in node:
            _clock_times(value)
    elif isinstance(node, dict):
        if node.get("format") == "time":
            del node["format"]
            node["pattern"] = _CLOCK
        for value in node.values():
            _clock_times(value)


def _sent_schemas(document: dict[str, Any]) -> list[str]:
    """The names of every schema that a body refers to, directly or through another."""
    schemas, found, waiting = document["components"]["schemas"], set(), []
    for calls in document["paths"].values():
        for call in calls.values():
            waiting += _references(call.get("requestBody", {}))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _references(schemas[name])
    return sorted(found)


def _references(node: Any) -> list[str]:  # noqa: ANN401 - part of a document
    if isinstance(node, dict):
        own = [node["$ref"].rsplit("/", 1)[-1]] if isinstance(node.get("$ref"), str) else []
        return own + [name for value in node.values() for name in _references(value)]
    if isinstance(node, list):
        return [name for value in node for name in _references(value)]
    return []


def _bound(node: Any) -> None:  # noqa: ANN401 - part of a document
    """Say the bounds that every text and number of a body has, where its own are not narrower."""
    if isinstance(node, list):
        for value in node:
            _bound(value)
        return
    if not isinstance(node, dict):
        return
    if node.get("type") == "string" and "enum" not in node and "const" not in node and "format" not in node:
        node.setdefault("maxLength", MAX_TEXT)
        node.setdefault("pattern", _PLAIN_TEXT)
    if node.get("type") in {"integer", "number"}:
        node.setdefault("maximum", MAX_NUMBER)
        if "exclusiveMinimum" not in node:
            node.setdefault("minimum", -MAX_NUMBER)
    for name, value in node.items():
        if name not in {"examples", "enum", "default"}:
            _bound(value)
