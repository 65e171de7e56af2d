"""Units for what was done: by the payer's method, and the assistant's share of them, for a whole batch at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import polars as pl

from cleanclaim.bill.drafts import Draft
from cleanclaim.bill.withholding import withheld_codes
from cleanclaim.facts import unchanged
from cleanclaim.lines.cases import ServiceDraft
from cleanclaim.records import By
from cleanclaim.reference import payers, procedures
from cleanclaim.reference.payers import Payer
from cleanclaim.units.allocation import allocate, units_by_method
from cleanclaim.units.assistants import AssistantMethod, assistant_split


@dataclass(frozen=True, slots=True)
class Proposal:
    """One code of a visit with the units its minutes support; `None` where minutes or the payer's method are unknown.

    `units` are by the payer's method, `assistant_units` of these with the assistant's modifier; `eight_minute` and
    `midpoint` are what either method would give. `order` is the place of the code in the visit.
    """

    code: str
    units: int | None
    assistant_units: int | None
    minutes: int | None
    assistant_minutes: int | None
    together_minutes: int | None
    eight_minute: int | None
    midpoint: int | None
    order: int


_ONE_ON_ONE = {By.PT.value, By.PTA.value, By.TOGETHER.value}

_SCHEMA = {
    "visit": pl.String,
    "payer": pl.String,
    "date": pl.Date,
    "day_id": pl.Int64,
    "code": pl.String,
    "minutes": pl.Int64,
    "is_timed": pl.Boolean,
    "pt_minutes": pl.Int64,
    "pta_minutes": pl.Int64,
    "together_minutes": pl.Int64,
    "first_minutes": pl.Int64,
    "each_minutes": pl.Int64,
    "preference": pl.Int64,
    "order": pl.Int64,
}


def propose_units(drafts: list[Draft], packs: tuple[Payer, ...], method: AssistantMethod) -> dict[str, list[Proposal]]:
    """Units for every code of every draft at once, visit by visit.

    What the patient pays for alone, by a signed notice, is counted apart from what the payer is billed for: neither
    lends minutes to the other. Two visits of one patient on one day are proposed apart; the rules then judge the day as
    a whole.
    """
    rows = tuple(row for place, draft in enumerate(drafts) for row in _rows(draft, 2 * place))
    if not rows:
        return {}
    counted = partial(_proposals, rows, packs, method)
    remembered = unchanged.counts()
    # A note that is written changes by words more often than by minutes.
    return counted() if remembered is None else remembered.once(("proposals", rows, method), counted)


def _proposals(
    rows: Sequence[tuple[object, ...]], packs: tuple[Payer, ...], method: AssistantMethod
) -> dict[str, list[Proposal]]:
    frame = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
    methods = payers.resolve(frame.select("payer", "date"), packs).select(
        "payer", "date", "payer_unit_method", "payer_assistant_modifier_required"
    )
    frame = frame.join(methods, on=["payer", "date"], how="left", nulls_equal=True, maintain_order="left")
    counted = allocate(frame).with_columns(units=units_by_method(pl.col("payer_unit_method")))
    split = assistant_split(
        counted.with_columns(assistant_modifier_applies=pl.col("payer_assistant_modifier_required")), method
    )
    proposals: dict[str, list[Proposal]] = {}
    for row in split.iter_rows(named=True):
        proposals.setdefault(row["visit"], []).append(
            Proposal(
                code=row["code"],
                units=row["units"],
                assistant_units=row["units_with_assistant_modifier"],
                minutes=row["minutes"],
                assistant_minutes=row["pta_minutes"],
                together_minutes=row["together_minutes"],
                eight_minute=row["units_eight_minute"],
                midpoint=row["units_midpoint"],
                order=row["order"],
            )
        )
    return proposals


def _rows(draft: Draft, day: int) -> Iterable[tuple[object, ...]]:
    """The services of a visit by code: what the payer is billed for under one day, what the patient under the next."""
    visit = draft.visit
    by_code: dict[str, list[ServiceDraft]] = {}
    for service in draft.found.services or ():
        if service.code is not None and service.is_billable:
            by_code.setdefault(service.code, []).append(service)
    withheld = withheld_codes(draft, by_code)
    for order, (code, furnished) in enumerate(by_code.items()):
        procedure = procedures.get(code)
        timed = procedure is not None and procedure.is_timed
        # A group's minutes, and those nobody skilled furnished, are never one-on-one minutes.
        services = [item for item in furnished if not timed or _is_one_on_one(item)]
        yield (
            visit.id,
            draft.payer,
            visit.date_of_service,
            day + (code in withheld),
            code,
            _total(services, None),
            procedure.is_timed if procedure is not None else None,
            _total(services, By.PT.value),
            _total(services, By.PTA.value),
            _total(services, By.TOGETHER.value),
            procedure.minutes_first if procedure is not None and not procedure.is_timed else None,
            procedure.minutes_each if procedure is not None and not procedure.is_timed else None,
            visit.unit_preference.index(code) if code in visit.unit_preference else None,
            order,
        )


def _is_one_on_one(service: ServiceDraft) -> bool:
    return service.group_size == 1 and (service.by is None or service.by in _ONE_ON_ONE)


def _total(services: Sequence[ServiceDraft], by: str | None) -> int | None:
    """Minutes of the services by that person; unknown if any service's minutes or person are."""
    total = 0
    for service in services:
        if by is not None and service.by is None:
            return None
        if by is None or service.by == by:
            if service.minutes is None:
                return None
            total += service.minutes
    return total
