"""What is kept of a month's work, so that a year that was stopped goes on where it stopped.

Patients, payers and providers are the same on many claims; what is read holds each of them once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cleanclaim.bill.job import ClaimState
from cleanclaim.records import Claim, Organization, Provider
from cleanclaim.records.claim import ClaimPatient, ClaimPayer
from cleanclaim.records.model import Record
from cleanclaim.simulation.desk import Filing, Outcome, Worked


def written(month: Iterable[Worked]) -> bytes:
    """A month's visits, one line of JSON each."""
    return "".join(json.dumps(_document(one), ensure_ascii=False) + "\n" for one in month).encode()


@dataclass(slots=True)
class Reader:
    """Reads the months of one year."""

    _parties: dict[tuple[type[Record], str], Record] = field(default_factory=dict)
    """Those met so far, by kind and by what is written of them."""

    def read(self, data: bytes) -> Iterator[Worked]:
        """The visits that `written` wrote."""
        for line in data.decode().splitlines():
            yield self._worked(json.loads(line))

    def _worked(self, document: dict[str, Any]) -> Worked:
        key = document["key"]
        habitual = self._filing(key, document["habitual"], ())
        return Worked(
            key=key,
            entered=date.fromisoformat(document["entered"]),
            first_state=ClaimState(document["first_state"]),
            rules=tuple(document["rules"]),
            blocking=tuple(document["blocking"]),
            outcome=Outcome(document["outcome"]),
            habitual=habitual,
            checked=self._filing(key, document["checked"], habitual.claims if habitual is not None else ()),
            superbill=self._claim(document["superbill"]) if document["superbill"] else None,
            why_not=document["why_not"],
        )

    def _filing(self, key: str, document: Any, same: tuple[Claim, ...]) -> Filing | None:  # noqa: ANN401 - JSON
        if document is None:
            return None
        told = document["claims"]
        claims = same if told is None else tuple(self._claim(one) for one in told)
        objections = tuple((rule, place) for rule, place in document["objections"])
        return Filing(key, date.fromisoformat(document["on"]), claims, objections)

    def _claim(self, document: dict[str, Any]) -> Claim:
        for name, kind in _PARTIES.items():
            if name in document:
                document[name] = self._party(kind, document[name])
        document["other_payers"] = [self._party(ClaimPayer, one) for one in document.get("other_payers", ())]
        return Claim.model_validate(document)

    def _party(self, kind: type[Record], document: Any) -> Record:  # noqa: ANN401 - JSON
        key = (kind, json.dumps(document))
        found = self._parties.get(key)
        if found is None:
            found = self._parties[key] = kind.model_validate(document)
        return found


_PARTIES: dict[str, type[Record]] = {
    "patient": ClaimPatient,
    "payer": ClaimPayer,
    "billing": Organization,
    "rendering": Provider,
    "referring": Provider,
}
"""The parties of a claim, by the name of their field."""


def _document(one: Worked) -> dict[str, Any]:
    is_same = one.checked is not None and one.habitual is not None and one.checked.claims == one.habitual.claims
    return {
        "key": one.key,
        "entered": one.entered.isoformat(),
        "first_state": one.first_state.value,
        "rules": one.rules,
        "blocking": one.blocking,
        "outcome": one.outcome.value,
        "why_not": one.why_not,
        "habitual": _filing(one.habitual),
        "checked": {**_filing(one.checked), "claims": None} if is_same else _filing(one.checked),
        "superbill": _claim(one.superbill) if one.superbill is not None else None,
    }


def _filing(one: Filing | None) -> Any:  # noqa: ANN401 - JSON
    if one is None:
        return None
    return {
        "on": one.on.isoformat(),
        "objections": one.objections,
        "claims": [_claim(claim) for claim in one.claims],
    }


def _claim(claim: Claim) -> Any:  # noqa: ANN401 - JSON
    return claim.model_dump(mode="json", exclude_defaults=True)
