"""What is kept of a month's work, so that a year that was stopped goes on where it stopped."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from cleanclaim.bill.job import ClaimState
from cleanclaim.records import Claim
from cleanclaim.simulation.desk import Filing, Outcome, Worked


def written(month: Iterable[Worked]) -> bytes:
    """A month's visits, one line of JSON each."""
    return "".join(json.dumps(_document(one), ensure_ascii=False) + "\n" for one in month).encode()


def read(data: bytes) -> Iterator[Worked]:
    """The visits that `written` wrote."""
    for line in data.decode().splitlines():
        yield _worked(json.loads(line))


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


def _worked(document: dict[str, Any]) -> Worked:
    key = document["key"]
    habitual = _read_filing(key, document["habitual"], ())
    return Worked(
        key=key,
        entered=date.fromisoformat(document["entered"]),
        first_state=ClaimState(document["first_state"]),
        rules=tuple(document["rules"]),
        blocking=tuple(document["blocking"]),
        outcome=Outcome(document["outcome"]),
        habitual=habitual,
        checked=_read_filing(key, document["checked"], habitual.claims if habitual is not None else ()),
        superbill=Claim.model_validate(document["superbill"]) if document["superbill"] else None,
        why_not=document["why_not"],
    )


def _read_filing(key: str, document: Any, same: tuple[Claim, ...]) -> Filing | None:  # noqa: ANN401 - JSON
    if document is None:
        return None
    told = document["claims"]
    claims = same if told is None else tuple(Claim.model_validate(one) for one in told)
    objections = tuple((rule, place) for rule, place in document["objections"])
    return Filing(key, date.fromisoformat(document["on"]), claims, objections)
