"""Write what a job produced into a folder: claim files, forms, claims and findings as JSON, what was rejected.

Every file appears whole or not at all, is readable by its owner only, and no name of a patient is in a file name.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cleanclaim.bill.collection import without_collection
from cleanclaim.bill.job import Billed, BilledClaim, ClaimState
from cleanclaim.check.findings import Finding, Unjudged
from cleanclaim.claims.control_numbers import load_control_numbers, save_control_numbers
from cleanclaim.claims.validity import sort_claims
from cleanclaim.forms.problems import FormProblem
from cleanclaim.private_files import write_private
from cleanclaim.records import Claim, Clinic
from cleanclaim.records.reading import Rejection
from cleanclaim.reference import icd10, places_of_service, procedures
from cleanclaim.x12 import Envelope, Gap, file_837p

if TYPE_CHECKING:
    from cleanclaim.forms.superbill import Labels

CONTROL_STATE = "control-numbers.json"


@dataclass(slots=True)
class Written:
    """The files written; claims that could not be written, and claims that do not fit their form, and why."""

    files: list[Path] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    form_problems: list[FormProblem] = field(default_factory=list)


def write_claim_files(billed: Billed, clinic: Clinic, folder: Path, *, created: datetime, written: Written) -> None:
    """One 837P per payer with its ready claims; a claim that lacks something is left out and named."""
    by_payer: dict[str, list[Claim]] = defaultdict(list)
    for item in billed.claims:
        if item.state is ClaimState.READY:
            for claim in item.parts:
                by_payer[claim.payer.pack].append(claim)
    folder.mkdir(parents=True, exist_ok=True)
    state = folder / CONTROL_STATE
    control = load_control_numbers(state)
    for pack, claims in sorted(by_payer.items()):
        parted = sort_claims(claims)
        written.gaps.extend(gap for unfit in parted.unfit for gap in unfit.gaps)
        if not parted.fit:
            continue
        receiver = claims[0].payer
        envelope = Envelope(clinic.submitter, receiver.name, receiver.identifier or pack.upper()[:15])
        claim_file = file_837p(parted.fit, envelope=envelope, control=control, created=created)
        path = folder / "claims" / f"{pack}.837"
        save_control_numbers(state, control)
        write_private(path, claim_file.data)
        written.files.append(path)


def write_forms(
    billed: Billed, folder: Path, written: Written, *, copies: bool = True, preprinted: bool = False
) -> None:
    """Forms as PDF: claim forms by payer for the ready claims, and a superbill for each claim that is not filed.

    Args:
        billed: the job's result.
        folder: where to write; claim forms go into `forms/`, superbills into `superbills/`, each named by its visit.
        written: is told of the files, and of the claims that do not fit their form, which are left out.
        copies: write `PAYER.cms1500.pdf` with a drawn form and a watermark, and the superbills.
        preprinted: write `PAYER.cms1500-preprinted.pdf`, the data alone for pre-printed sheets.
    """
    if not (copies or preprinted):
        return
    from cleanclaim.forms.cms1500 import FilledForm, Style, fill_form, render_forms  # noqa: PLC0415 - PDFs load slowly

    by_payer: dict[str, list[FilledForm]] = defaultdict(list)
    for item in billed.claims:
        for claim in item.parts if item.state is ClaimState.READY else ():
            form = fill_form(claim)
            written.form_problems.extend(form.problems)
            if not form.problems:
                by_payer[claim.payer.pack].append(form)
    wanted = [(Style.COPY, "cms1500.pdf")] if copies else []
    if preprinted:
        wanted.append((Style.DATA, "cms1500-preprinted.pdf"))
    for pack, forms in sorted(by_payer.items()):
        for style, name in wanted:
            path = folder / "forms" / f"{_file_name(pack)}.{name}"
            write_private(path, render_forms(forms, style=style))
            written.files.append(path)
    if copies:
        _write_superbills(billed, folder / "superbills", written)


def _write_superbills(billed: Billed, folder: Path, written: Written) -> None:
    from cleanclaim.forms.problems import FormNotPrintableError  # noqa: PLC0415 - as above
    from cleanclaim.forms.superbill import render_superbill  # noqa: PLC0415

    labels = superbill_labels()
    for item in billed.claims:
        given = [(item.claim if item.state is ClaimState.SUPERBILL else None, ""), (item.withheld_claim, "-own")]
        for claim, ends in given:
            if claim is None:
                continue
            try:
                page = render_superbill(claim, labels=labels, is_chosen=bool(ends) or item.prepared.case.pays_alone)
            except FormNotPrintableError as error:
                written.form_problems.extend(error.problems)
                continue
            path = folder / f"{_file_name(item.key)}{ends}.pdf"
            write_private(path, page)
            written.files.append(path)


def superbill_labels() -> Labels:
    """Words for the codes of a superbill, as the reference tables have them."""
    from cleanclaim.forms.superbill import Labels  # noqa: PLC0415 - as above

    return Labels(_procedure_label, _diagnosis_label, _place_label)


def _procedure_label(code: str) -> str | None:
    found = procedures.get(code)
    return found.label if found else None


def _diagnosis_label(code: str) -> str | None:
    found = icd10.get(code)
    return found.label if found else None


def _place_label(code: str) -> str | None:
    found = places_of_service.get(code)
    return found.label if found else None


def _file_name(key: str) -> str:
    """A key as a file name: whatever a clinic's keys hold, the file lies in its folder, and two keys are two files."""
    return quote(key, safe="")


def summary(billed: Billed, rejections: Sequence[Rejection], written: Written) -> dict[str, Any]:
    """The figures of a job: claims by state, findings by rule, what could not be judged, dollars."""
    states = Counter(item.state.value for item in billed.claims)
    findings = [finding for item in billed.claims for finding in item.findings]
    unjudged = [missing for item in billed.claims for missing in item.unjudged]
    return {
        "visits": len(billed.claims),
        "rejected_records": len(rejections),
        "claims": {state.value: states.get(state.value, 0) for state in ClaimState},
        "findings": dict(sorted(Counter(finding.code for finding in findings).items())),
        "rows_not_judged": len(unjudged),
        "missing_inputs": dict(Counter(name for item in unjudged for name in item.missing).most_common()),
        "left_out": dict(sorted(Counter(one.why for item in billed.claims for one in item.prepared.left_out).items())),
        "unconfirmed": dict(Counter(table for item in billed.claims for table in item.unconfirmed).most_common()),
        "ready_unconfirmed": sum(bool(item.unconfirmed) for item in billed.claims if item.state is ClaimState.READY),
        "crashed": dict(billed.crashed),
        "not_written": [str(gap) for gap in written.gaps],
        "not_on_a_form": [str(problem) for problem in written.form_problems],
    }


def claim_document(item: BilledClaim) -> dict[str, Any]:
    """One claim as JSON: its state, lines, prices, what was suggested, asked, found and not judged."""
    prepared = item.prepared
    return {
        "id": item.key,
        "date_of_service": prepared.case.visit.date_of_service.isoformat(),
        "payer": prepared.case.payer(),
        "coverage_order": prepared.case.order.value,
        "prior_paid_cents": sum(decided.paid_cents for decided in prepared.case.earlier()),
        "state": item.state.value,
        "diagnoses": list(prepared.case.visit.diagnoses or ()),
        "charge_cents": item.charge_cents,
        "lines": [_line_document(line) for line in item.lines],
        "parts": _part_documents(item.parts) if len(item.parts) > 1 else [],
        "suggested": [
            {"what": entry.what, "code": entry.code, "why": entry.why, "minutes": entry.minutes}
            for entry in prepared.suggested
        ],
        "not_billed": [{"what": entry.what, "reason": entry.reason} for entry in prepared.not_billed],
        "left_out": [{"what": entry.what, "why": entry.why} for entry in prepared.left_out],
        "questions": [
            {"about": entry.what, "question": entry.question, "candidates": list(entry.candidates)}
            for entry in prepared.questions
        ],
        "unconfirmed": list(item.unconfirmed),
        "mended": [finding_document(finding) for finding in item.mended],
        "findings": [finding_document(finding) for finding in item.findings],
        "not_judged": [unjudged_document(entry) for entry in item.unjudged],
    }


def _part_documents(parts: Sequence[Claim]) -> list[dict[str, Any]]:
    """The claims that a long one is filed as: control number, charge, diagnoses, and the visit's lines in each."""
    found, before = [], 0
    for part in parts:
        lines = list(range(before + 1, before + len(part.lines) + 1))
        before += len(part.lines)
        charge = part.total_charge_cents
        found.append({"id": part.id, "charge_cents": charge, "diagnoses": list(part.diagnoses), "lines": lines})
    return found


def _line_document(line: Mapping[str, Any]) -> dict[str, Any]:
    names = ("line_number", "code", "modifiers", "units", "charge_cents", "pointers", "code_origin")
    prices = ("allowed_cents", "expected_payment_cents", "patient_share_cents", "price_status")
    return {name: line[name] for name in (*names, *prices)}


def finding_document(finding: Finding) -> dict[str, Any]:
    """One finding as JSON."""
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity,
        "place": finding.place,
        "message": finding.message,
        "cents": finding.cents,
        "arguments": {name: _plain(value) for name, value in finding.arguments.items()},
        "fix": {
            "title": finding.fix_title,
            "safety": finding.fix_safety,
            "changes": [
                {"table": change.table, "key": change.key, "field": change.field, "old": change.old, "new": change.new}
                for change in finding.changes
            ],
        }
        if finding.fix_title
        else None,
    }


def unjudged_document(entry: Unjudged) -> dict[str, Any]:
    """One row that could not be judged, as JSON."""
    return {"code": entry.code, "table": entry.table, "missing": list(entry.missing)}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _in_lines(document: Mapping[str, Any]) -> str:
    """The document as JSON with a line for each entry of its lists: a tenth of the time that indenting takes."""
    members = []
    for name, value in document.items():
        if isinstance(value, list) and value:
            text = "[\n" + ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in value) + "\n]"
        else:
            text = json.dumps(value, ensure_ascii=False)
        members.append(f"{json.dumps(name)}: {text}")
    return "{\n" + ",\n".join(members) + "\n}\n"


@without_collection()
def write_documents(billed: Billed, rejections: Sequence[Rejection], folder: Path, written: Written) -> dict[str, Any]:
    """`claims.json`, `findings.json` and `rejected.json`; returns the summary that stands in `findings.json`."""
    figures = summary(billed, rejections, written)
    documents: dict[str, dict[str, Any]] = {
        "claims.json": {"schema": "cleanclaim/claims", "claims": [claim_document(item) for item in billed.claims]},
        "findings.json": {
            "schema": "cleanclaim/findings",
            "summary": figures,
            "findings": [
                {"claim": item.key, **finding_document(finding)} for item in billed.claims for finding in item.findings
            ],
        },
        "rejected.json": {
            "schema": "cleanclaim/rejected",
            "rejected": [
                {
                    "file": entry.file,
                    "row": entry.row,
                    "key": entry.key,
                    "field": entry.field,
                    "expected": entry.expected,
                }
                for entry in rejections
            ],
        },
    }
    for name, document in documents.items():
        path = folder / name
        write_private(path, _in_lines(document).encode())
        written.files.append(path)
    return figures
