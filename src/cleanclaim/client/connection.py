"""One connection to a practice's API: calls over HTTP, repeated where that is safe, and refusals as exceptions."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from pydantic import BaseModel, TypeAdapter, ValidationError

from cleanclaim.client.wire import Page, Problem

A = TypeVar("A")

_TRIES = 4
_LONGEST_WAIT = 60
_AGAIN = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE})


class RefusedError(RuntimeError):
    """A call that was refused; `problem` says why, by place."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        places = "".join(f"; {item.place}: expected {item.expected}" for item in problem.errors)
        super().__init__(f"{problem.status} {problem.title}: {problem.detail}{places}")


class UnreachableError(RuntimeError):
    """The practice did not answer."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer: its status, its headers by lower-case name, and its bytes."""

    status: int
    headers: Mapping[str, str]
    content: bytes


@dataclass(slots=True)
class Connection:
    """Where the practice is, and the token to call it with.

    A call that may be repeated (a read, or one with an idempotency key) is, up to four times, where the practice does
    not answer or asks to wait. Anything but HTTPS is refused, other than to this machine.
    """

    address: str
    token: str = field(repr=False)
    timeout: float = 30.0
    wait: Any = time.sleep

    def __post_init__(self) -> None:
        """Refuse an address over which the token, and patients, could be read on the way."""
        parts = urlsplit(self.address)
        is_here = parts.hostname in {"localhost", "127.0.0.1", "::1"}
        if parts.scheme != "https" and not (parts.scheme == "http" and is_here):
            raise ValueError("address: expected https://, or http:// on this machine")
        self.address = self.address.rstrip("/")

    def get(self, path: str, shape: type[A], **query: object) -> A:
        """Read a document."""
        return self._read(self.call("GET", path, query=query), shape)

    def post(self, path: str, body: BaseModel | None, shape: type[A], *, key: str | None = None) -> A:
        """Send a document. `key` makes a call of yours one call, also when your program begins anew."""
        data = None if body is None else body.model_dump_json(exclude_unset=True).encode()
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        return self._read(self.call("POST", path, data=data, headers=headers), shape)

    def patch(self, path: str, change: Mapping[str, object], version: int, shape: type[A]) -> A:
        """Change fields of a document that is at `version`. Refused with 412 where it was changed meanwhile."""
        data = TypeAdapter(dict[str, Any]).dump_json(dict(change))
        return self._read(self.call("PATCH", path, data=data, headers={"If-Match": f'"{version}"'}), shape)

    def pages(self, path: str, shape: type[A], **query: object) -> Iterator[A]:
        """Every document of a list, page by page."""
        cursor: str | None = None
        while True:
            found: Page[A] = self.get(path, Page[shape], cursor=cursor, **query)  # type: ignore[valid-type]
            yield from found.items
            cursor = found.next
            if cursor is None:
                return

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        type_: str = "application/json",
    ) -> Answered:
        """One call. Raises `RefusedError`, or `UnreachableError`."""
        given = {name: str(value) for name, value in (query or {}).items() if value is not None}
        address = f"{self.address}/api/v1{path}" + (f"?{urlencode(given)}" if given else "")
        sent = {"Authorization": f"Bearer {self.token}", "Accept": "application/json", **(headers or {})}
        if data is not None:
            sent["Content-Type"] = type_
        may_repeat = method in {"GET", "POST"}
        tries = _TRIES if may_repeat else 1
        for left in reversed(range(tries)):
            answer = self._once(urllib.request.Request(address, data=data, headers=sent, method=method))  # noqa: S310 - the scheme is checked
            if answer is None:
                pause = 2.0 ** (_TRIES - left - 1)
            elif answer.status < HTTPStatus.BAD_REQUEST:
                return answer
            elif answer.status in _AGAIN and left:
                pause = min(float(answer.headers.get("retry-after", "1")), _LONGEST_WAIT)
            else:
                raise RefusedError(_problem(answer))
            if left:
                self.wait(pause)
        raise UnreachableError(f"{urlsplit(self.address).netloc}: no answer")

    def _once(self, request: urllib.request.Request) -> Answered | None:
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as answer:  # noqa: S310 - the scheme is checked
                return Answered(answer.status, _lower(answer.headers), answer.read())
        except urllib.error.HTTPError as error:
            return Answered(error.code, _lower(error.headers), error.read())
        except OSError:
            return None

    @staticmethod
    def _read(answer: Answered, shape: type[A]) -> A:
        return TypeAdapter(shape).validate_json(answer.content)


def _lower(headers: Any) -> dict[str, str]:  # noqa: ANN401 - the library's own
    return {name.lower(): value for name, value in headers.items()}


def _problem(answer: Answered) -> Problem:
    try:
        return Problem.model_validate(json.loads(answer.content))
    except (ValueError, ValidationError):
        status = HTTPStatus(answer.status)
        return Problem(type="about:blank", title=status.phrase, status=int(status), detail="")
