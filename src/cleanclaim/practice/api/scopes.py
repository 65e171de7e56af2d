"""What a token may be allowed to do, and what each call asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import BaseModel

from cleanclaim.practice.access import Can

V = TypeVar("V", bound=Callable[..., Any])


class Scope(StrEnum):
    """A token's own limits, beside those of its member's role."""

    READ = "read"
    WRITE = "write"
    CLAIMS = "claims"
    EXPORT = "export"


SAYS: dict[Scope, str] = {
    Scope.READ: "read patients, visits, claims, findings, files and payments; check, search and price",
    Scope.WRITE: "register and change patients, coverages, approvals, plans and visits",
    Scope.CLAIMS: "build, fix, hold, release, replace and void claims; take their files; post payments",
    Scope.EXPORT: "take whole tables",
}
"""What each scope allows, in words."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a call asks of a token.

    `computes`: nothing is written, so that a repeated call does no harm. `change_of`: the document whose fields a merge
    patch changes.
    """

    scope: Scope
    can: tuple[Can, ...]
    computes: bool = False
    change_of: type[BaseModel] | None = None


def needs(
    scope: Scope, *can: Can, computes: bool = False, change_of: type[BaseModel] | None = None
) -> Callable[[V], V]:
    """Say what a call asks for: a scope of the token, and everything in `can` of its member's role."""

    def told(view: V) -> V:
        view.needs = Needs(scope, can, computes, change_of)  # type: ignore[attr-defined]
        return view

    return told


def needs_of(view: Callable[..., Any]) -> Needs:
    """What a call asks for. Raises `KeyError` where it was never said."""
    found: Needs = vars(view)["needs"]
    return found
