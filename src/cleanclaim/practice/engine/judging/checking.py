"""Check visits while they are written and before they are claims: the engine's answer, nothing stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from cleanclaim.bill.job import Billed, bill
from cleanclaim.practice import clock
from cleanclaim.practice.engine.judging.earlier_decisions import Decisions
from cleanclaim.practice.engine.judging.records import visit_record
from cleanclaim.practice.engine.judging.setting import Setting, gather
from cleanclaim.practice.models import Clinic, Visit


def now_at(clinic: Clinic) -> datetime:
    """The moment it is at the clinic, in its own zone; in a demo, on the day that the demo plays on."""
    return clock.now().astimezone(ZoneInfo(clinic.time_zone))


def today_at(clinic: Clinic) -> date:
    """The day it is at the clinic; in a demo, the day that the demo plays on."""
    return now_at(clinic).date()


def check(
    clinic: Clinic,
    visits: Sequence[Visit],
    *,
    as_of: date,
    setting: Setting | None = None,
    decided: Mapping[UUID, Decisions] | None = None,
) -> Billed:
    """Bill these visits of a clinic without writing anything down; claims come in the order of the visits.

    Args:
        clinic: the clinic; in scope.
        visits: its visits, saved or not, with their patient, therapist and assistant.
        as_of: today.
        setting: what was gathered for them already.
        decided: by visit, what earlier payers decided on the claim to the first: the next payer is billed.
    """
    around = setting or gather(clinic, visits, as_of=as_of)
    earlier = decided or {}
    found = []
    for visit in visits:
        record = around.stated(visit_record(visit, around.zone))
        found.append(earlier[visit.pk].put_onto(record) if visit.pk in earlier else record)
    return bill(
        around.clinic,
        around.patients,
        found,
        as_of=as_of,
        history=around.history,
        packs=around.packs,
    )
