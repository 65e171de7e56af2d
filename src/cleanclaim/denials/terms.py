"""What a payer's file says about claims that are sent again and decisions that are disputed, on one day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cleanclaim.dates import Lookup
from cleanclaim.reference import payers
from cleanclaim.reference.payers import Payer
from cleanclaim.sources import Source


@dataclass(frozen=True, slots=True)
class AppealStep:
    """One step of dispute or appeal, as the payer's file states it; `None` where it does not say.

    `begins` is where the days are counted from: `notice_received`, `notice_date` or `previous_decision`.
    """

    number: int
    name: str
    days: int | None
    months: int | None
    begins: str | None
    decided_days: int | None
    amount_needed: bool
    source: Source

    @property
    def is_court(self) -> bool:
        """Whether the step leaves the hearings for a court."""
        return "court" in self.name


@dataclass(frozen=True, slots=True)
class Terms:
    """What is known of a payer. `accepts` are the frequencies of claims that it takes, `None` where nobody has read it.

    `steps` is empty where the payer has none or none was read: `steps_known` tells which. `balance_billing`: whether
    its patients may be billed above what it allows.
    """

    payer: str
    kind: str | None
    accepts: tuple[str, ...] | None
    accepts_source: Source | None
    steps: tuple[AppealStep, ...]
    steps_known: bool
    note: str
    pair_edits: str | None
    own_pairs: tuple[Mapping[str, Any], ...]
    balance_billing: bool | None

    @property
    def is_medicare(self) -> bool:
        """Whether it is Original Medicare."""
        return self.kind == "medicare_b"


def terms_of(payer_id: str, day: date, packs: Iterable[Payer] = ()) -> Terms:
    """The terms of a payer on a day; packs handed in come before shipped ones. An unknown payer has none."""
    extra = tuple(packs)
    named = {pack.id: pack for pack in extra}.get(payer_id)
    if named is None and payer_id in payers.all_ids():
        named = payers.get(payer_id)

    def setting(name: str) -> Lookup[Any]:
        return payers.setting(payer_id or None, name, day, extra)

    accepts, steps = setting("accepts_frequency_codes"), setting("appeal_steps")
    return Terms(
        payer=payer_id,
        kind=None if named is None else named.kind,
        accepts=None if accepts.value is None else tuple(accepts.value),
        accepts_source=accepts.dated.source if accepts.dated else None,
        steps=_steps(steps),
        steps_known=steps.value is not None,
        note=getattr(steps.dated, "note", ""),
        pair_edits=setting("pair_edits").value,
        own_pairs=tuple(setting("own_pairs").value or ()),
        balance_billing=setting("patient_balance_billing_allowed").value,
    )


def least_amount(payer_id: str, step: AppealStep, filed_on: date, packs: Iterable[Payer] = ()) -> int | None:
    """The least cents in dispute that a step needs when it is filed on a day; `None` where that is not published."""
    found = payers.setting(payer_id, "appeal_least_amounts", filed_on, packs).value
    cents: int | None = None if found is None else found.get("court" if step.is_court else "hearing")
    return cents


def _steps(found: Lookup[Any]) -> tuple[AppealStep, ...]:
    if found.dated is None:
        return ()
    return tuple(
        AppealStep(
            number=number,
            name=row["name"],
            days=row.get("days"),
            months=row.get("months"),
            begins=row.get("from"),
            decided_days=row.get("decided_days"),
            amount_needed=bool(row.get("amount_needed")),
            source=found.dated.source,
        )
        for number, row in enumerate(found.dated.value, start=1)
    )
