"""Read a FHIR resource strictly, one element at a time, knowing the place of each.

Elements that are not asked for are passed over, as FHIR wants; a `modifierExtension` is refused, as FHIR wants too,
since it may turn the meaning of what it stands in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cleanclaim.practice.interchange.problems import InterchangeError, Misplaced

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})")


@dataclass(frozen=True, slots=True)
class Node:
    """An object of a resource, and where it stands: `Bundle.entry[2].resource(Coverage/c1).period`."""

    value: Mapping[str, Any]
    place: str

    def refuse(self, element: str, expected: str) -> InterchangeError:
        """The error of an element of this node."""
        return InterchangeError([Misplaced(f"{self.place}.{element}" if element else self.place, expected)])

    def text(self, element: str, *, required: bool = False) -> str:
        """A text; empty where there is none. Raises `InterchangeError`."""
        found = self.value.get(element)
        if found is None:
            if required:
                raise self.refuse(element, "a text; it is required")
            return ""
        if not isinstance(found, str) or not found.strip():
            raise self.refuse(element, "a text that is not empty")
        return found.strip()

    def one_of(self, element: str, known: Mapping[str, Any]) -> Any:  # noqa: ANN401 - what the mapping holds
        """What a code stands for; it is required. Raises `InterchangeError`."""
        found = self.text(element, required=True)
        if found not in known:
            raise self.refuse(element, f"one of {', '.join(known)}")
        return known[found]

    def day(self, element: str, *, required: bool = False) -> date | None:
        """A whole day; a year or a month alone is refused. Raises `InterchangeError`."""
        found = self.text(element, required=required)
        if not found:
            return None
        try:
            if _DAY.fullmatch(found):
                return date.fromisoformat(found)
        except ValueError:
            pass
        raise self.refuse(element, "a day as 2026-09-25")

    def moment(self, element: str, *, required: bool = False) -> datetime | None:
        """A moment with its zone. Raises `InterchangeError`."""
        found = self.text(element, required=required)
        if not found:
            return None
        try:
            if _MOMENT.fullmatch(found):
                return datetime.fromisoformat(found)
        except ValueError:
            pass
        raise self.refuse(element, "a moment with its zone, as 2026-09-25T09:00:00-05:00")

    def whole(self, element: str) -> int | None:
        """A whole number above zero. Raises `InterchangeError`."""
        found = self.value.get(element)
        if found is None:
            return None
        if not isinstance(found, int) or isinstance(found, bool) or found < 1:
            raise self.refuse(element, "a whole number above 0")
        return found

    def node(self, element: str, *, required: bool = False) -> Node | None:
        """An object. Raises `InterchangeError`."""
        found = self.value.get(element)
        if found is None:
            if required:
                raise self.refuse(element, "an object; it is required")
            return None
        if not isinstance(found, dict):
            raise self.refuse(element, "an object")
        return _checked(found, f"{self.place}.{element}")

    def nodes(self, element: str) -> Iterator[Node]:
        """The objects of a list. Raises `InterchangeError`."""
        for number, item in enumerate(self._list(element)):
            if not isinstance(item, dict):
                raise self.refuse(f"{element}[{number}]", "an object")
            yield _checked(item, f"{self.place}.{element}[{number}]")

    def texts(self, element: str) -> list[str]:
        """The texts of a list. Raises `InterchangeError`."""
        found = self._list(element)
        for number, item in enumerate(found):
            if not isinstance(item, str) or not item.strip():
                raise self.refuse(f"{element}[{number}]", "a text that is not empty")
        return [item.strip() for item in found]

    def _list(self, element: str) -> list[Any]:
        found = self.value.get(element, [])
        if not isinstance(found, list):
            raise self.refuse(element, "a list")
        return found

    def code(self, element: str, system: str) -> str:
        """The code of a CodeableConcept in a system; empty where it has none of it. Raises `InterchangeError`."""
        concept = self.node(element)
        if concept is None:
            return ""
        return next(
            (item.text("code", required=True) for item in concept.nodes("coding") if item.text("system") == system), ""
        )

    def reference(self, element: str, *, required: bool = False) -> str:
        """What a Reference names, as `Patient/p1` or a `urn:`; empty where there is none. Raises `InterchangeError`."""
        found = self.node(element, required=required)
        return "" if found is None else found.text("reference", required=required)

    def identifier(self, *systems: str) -> str:
        """The value of the first identifier of these systems, else of the first that names none of its own."""
        found = [(item.text("system"), item.text("value")) for item in self.nodes("identifier")]
        for system in systems:
            for named, value in found:
                if named == system and value:
                    return value
        return ""


def _checked(value: Mapping[str, Any], place: str) -> Node:
    if "modifierExtension" in value:
        raise InterchangeError([Misplaced(f"{place}.modifierExtension", "no modifier extension: none is known here")])
    return Node(value, place)


def resource(value: Any, place: str) -> Node:  # noqa: ANN401 - JSON
    """A resource, its type and id in its place. Raises `InterchangeError`."""
    if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
        raise InterchangeError([Misplaced(place, "a resource with its resourceType")])
    identity = value.get("id")
    named = f"/{identity}" if isinstance(identity, str) and re.fullmatch(r"[A-Za-z0-9.-]{1,64}", identity) else ""
    kind = value["resourceType"] if re.fullmatch(r"[A-Za-z]{1,40}", value["resourceType"]) else "?"
    return _checked(value, f"{place}({kind}{named})")
