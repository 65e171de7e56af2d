"""The description of the API, completed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ninja import NinjaAPI

INTRODUCTION = "The practice's API."


def complete(document: dict[str, Any], api: NinjaAPI) -> dict[str, Any]:
    """The document."""
    del api
    return document
