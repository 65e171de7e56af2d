"""One claim: what is billed, what the rules object to, what is open, and what has happened to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import F, Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse

from cleanclaim.practice.access import Access, Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.claims.building import RECHECKED
from cleanclaim.practice.engine.claims.filing import is_returned
from cleanclaim.practice.engine.claims.fixing import Outcome
from cleanclaim.practice.engine.claims.last_days import FilingTerms, Lack
from cleanclaim.practice.engine.claims.missing_places import Place, place_of_input
from cleanclaim.practice.engine.claims.staleness import stale
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.models import Claim, ClaimEvent, ClaimFinding, ClaimLine, ClaimStatus
from cleanclaim.practice.pages.claims.words import FREQUENCY_WORDS, SEVERITY_LABELS, STATUS_LABELS, Label, worst_first
from cleanclaim.records import Frequency
from cleanclaim.reference import icd10, procedures
from cleanclaim.rules.book import entry
from cleanclaim.rules.kit import Safety


@clinic_page(Can.SEE_CLAIMS, area="claims")
def claim(request: ClinicRequest, key: UUID) -> HttpResponse:
    """The page of one claim."""
    found = find(key)
    request.access.record("read", "claim", found.pk)
    return render(request, "practice/claims/claim.html", context_of(request.access, found))


def find(key: UUID) -> Claim:
    """A claim with everything its page shows. Raises `Http404` where the scope has none."""
    later = Claim.objects.exclude(status=ClaimStatus.CLOSED.value)
    rows = (
        Claim.objects.select_related("patient", "visit__therapist", "visit__assistant", "coverage")
        .defer(*_NOT_SHOWN)
        .annotate(file_name=F("batch__file_name"), answered_number=F("replaces__number"))
        .prefetch_related(
            Prefetch("lines", ClaimLine.objects.order_by("position")),
            Prefetch("findings", ClaimFinding.objects.select_related("ignored_by").order_by("rule", "place")),
            Prefetch("events", ClaimEvent.objects.select_related("user").order_by("-created_at", "-id")),
            Prefetch("replaced_by", later.only("clinic", "number", "replaces").order_by("created_at")),
        )
    )
    claim: Claim = get_object_or_404(rows, pk=key)
    return claim


_NOT_SHOWN = (
    *(f"visit__{name}" for name in ("note", "interventions", "restated", "evaluation", "billed", "detail", "attested")),
    *("patient__ssn", "coverage__member_id", "coverage__subscriber"),
)
"""What is sealed or long, and no part of a claim's page."""


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding as the page shows it: what would happen, what the rule rests on, and how its fix is made."""

    row: ClaimFinding
    label: Label
    why: str
    source: str
    changes: list[str]
    can_fix: bool
    needs_name: bool
    elsewhere: bool
    """The fix would change another claim: it is made there."""


@dataclass(frozen=True, slots=True)
class LineView:
    """A line with its code in words, and what is found about it."""

    row: ClaimLine
    label: str
    letters: str
    findings: list[FindingView]


@dataclass(frozen=True, slots=True)
class MissingPlace:
    """Inputs that are missing, filled in at one place."""

    place: Place | None
    address: str
    inputs: list[dict[str, Any]] = field(default_factory=list)


def context_of(access: Access, claim: Claim, outcome: Outcome | None = None) -> dict[str, Any]:
    """What the page, or its body alone after an action, is drawn from."""
    today = today_at(access.clinic)
    is_open = claim.status in RECHECKED and claim.frequency != Frequency.VOID.value
    rows = worst_first(list(claim.findings.all()))
    standing = [_finding(row, is_open=is_open) for row in rows if row.ignored_at is None and not row.was_mended]
    status = claim.status
    return {
        "claim": claim,
        "label": STATUS_LABELS[status],
        "kind": FREQUENCY_WORDS[claim.frequency],
        "lines": _lines(claim, standing),
        "diagnoses": _diagnoses(claim),
        "findings": standing,
        "set_aside": [_finding(row, is_open=is_open) for row in rows if row.ignored_at is not None],
        "mended": [row for row in rows if row.was_mended],
        "questions": [_question(asked) for asked in claim.questions or ()],
        "missing": _missing(claim, access),
        "evidence": claim.evidence or {},
        "days_left": None if claim.due_on is None else (claim.due_on - today).days,
        "lack": _lack(access, claim),
        "is_stale": is_open and bool(stale([claim], today)),
        "is_open": is_open,
        "may_work": access.may(Can.WORK_CLAIMS),
        "can_release": status == ClaimStatus.READY.value and not claim.gaps,
        "can_give": status == ClaimStatus.SUPERBILL.value,
        "is_on_hold": status == ClaimStatus.ON_HOLD.value,
        "can_answer": status == ClaimStatus.SUBMITTED.value
        and claim.frequency != Frequency.VOID.value
        and not claim.replaced_by.all()
        and not is_returned(claim.pk),
        "can_drop": claim.replaces_id is not None
        and status not in {ClaimStatus.SUBMITTED.value, ClaimStatus.CLOSED.value},
        "note_address": address("note", access.clinic.slug, claim.visit_id),
        "patient_address": address("patient", access.clinic.slug, claim.patient_id),
        "outcome": outcome,
        "before": STATUS_LABELS.get(outcome.rechecked.status_before) if outcome and outcome.rechecked else None,
    }


def _lack(access: Access, claim: Claim) -> Lack | None:
    """Why the claim's last day is not known; nothing where it is, or where it has none."""
    if claim.due_on is not None or claim.status == ClaimStatus.SUPERBILL.value:
        return None
    network = None if claim.coverage is None else claim.coverage.in_network
    return FilingTerms.of(access.clinic).lack(claim.payer, claim.date_of_service, order=claim.order, in_network=network)


def address(name: str, *arguments: object) -> str:
    """The address of another area's page; empty where that area has none."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""


def _finding(row: ClaimFinding, *, is_open: bool) -> FindingView:
    found = entry(row.rule)
    changes = row.changes or []
    is_own = all(change["is_own"] for change in changes)
    source = found.rule.sources[0] if found else None
    return FindingView(
        row=row,
        label=SEVERITY_LABELS[row.severity],
        why=found.rationale.splitlines()[0] if found and found.rationale else "",
        source=f"{source.publisher}, {source.title}, {source.section}" if source else "",
        changes=[_change_words(change) for change in changes],
        can_fix=is_open and bool(changes) and is_own and row.ignored_at is None,
        needs_name=row.fix_safety == Safety.ATTEST.value,
        elsewhere=bool(changes) and not is_own,
    )


def _question(asked: dict[str, Any]) -> dict[str, Any]:
    """A question with its candidates in words."""
    found = [(code, procedures.get(code)) for code in asked["candidates"]]
    return asked | {"candidates": [(code, known.label if known else "") for code, known in found]}


_PLACES = {"lines": "line", "diagnoses": "diagnosis", "services": "service"}


def _change_words(change: dict[str, Any]) -> str:
    place = f"{_PLACES.get(change['table'], 'claim')} {change['row']}" if change["row"] else "claim"
    if not change["field"]:
        return f"{place} removed"
    return f"{place}: {change['field']} {_shown(change['old'])} → {_shown(change['new'])}"


def _shown(value: object) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value)) or "none"
    return "unknown" if value is None else str(value)


_LETTERS = "ABCDEFGHIJKL"
"""Diagnoses as the form letters them."""


def _lines(claim: Claim, findings: Sequence[FindingView]) -> list[LineView]:
    views = []
    for row in claim.lines.all():
        procedure = procedures.get(row.code) if row.code else None
        place = f"line {row.position}"
        views.append(
            LineView(
                row=row,
                label=procedure.label if procedure else "",
                letters=", ".join(_LETTERS[number - 1] for number in row.pointers if 1 <= number <= len(_LETTERS)),
                findings=[one for one in findings if one.row.place == place],
            )
        )
    return views


def _diagnoses(claim: Claim) -> list[tuple[str, str, str]]:
    """Letter, code and words of each diagnosis: as filed where a claim is made, else as the visit lists them."""
    codes = claim.record["diagnoses"] if claim.record is not None else claim.visit.diagnoses or []
    found = []
    for letter, code in zip(_LETTERS, codes, strict=False):
        known = icd10.get(code)
        found.append((letter, code, known.label if known else ""))
    return found


def _missing(claim: Claim, access: Access) -> list[MissingPlace]:
    """What could not be judged, by the place where the missing input is filled in; most inputs first."""
    slug = access.clinic.slug
    addresses = {
        "patient": address("patient", slug, claim.patient_id),
        "plan": address("patient", slug, claim.patient_id),
        "note": address("note", slug, claim.visit_id),
        "clinic": address("setup", slug) if access.may(Can.SET_UP) else "",
        "payer": address("setup", slug) if access.may(Can.SET_UP) else "",
    }
    places: dict[str, MissingPlace] = {}
    for item in claim.missing:
        place = place_of_input(item["name"])
        key = place.key if place else ""
        places.setdefault(key, MissingPlace(place, addresses.get(key, ""))).inputs.append(item)
    return sorted(places.values(), key=lambda one: (not one.address, -len(one.inputs)))
