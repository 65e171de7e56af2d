"""Check a batch of prepared visits as a whole, apply what is safe, and sort its claims.

The whole batch is one set of tables: another visit, another therapist or another day of the same patient can
decide about a claim, and does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache

from cleanclaim.bill.build import build_claim
from cleanclaim.bill.collection import without_collection
from cleanclaim.bill.parts import filed_as, settle_size
from cleanclaim.bill.prepare import Prepared, prepare
from cleanclaim.check.findings import Finding, Unjudged
from cleanclaim.check.fixes import apply, changes_of
from cleanclaim.check.judge import Judge, Verdicts
from cleanclaim.check.summary import BLOCKING
from cleanclaim.facts.kit import Context
from cleanclaim.lines.cases import CASH, LineDraft
from cleanclaim.lines.from_visits import tables_of
from cleanclaim.lines.tables import Tables
from cleanclaim.records import Claim, Clinic, Patient, Visit
from cleanclaim.reference.payers import Payer
from cleanclaim.rules.book import active_rules
from cleanclaim.rules.kit import Safety
from cleanclaim.units.assistants import AssistantMethod

PRICES = ("allowed_cents", "expected_payment_cents", "patient_share_cents", "price_status")
"""Columns of `lines` that the job asks for beside what the rules read."""


_EDITIONS = {
    "pairs_are_confirmed": "pair edits",
    "limits_are_confirmed": "unit limits",
    "diagnosis_notes_are_confirmed": "diagnoses that exclude each other",
}
"""Columns of `claims` that say whether an edition was in force on the day, and the table each speaks of."""

_DEADLINES = ("filing_deadline", "filing_deadline_earliest")
"""Columns of `claims`: the last day of filing, and the first day that may be it where the network is not known."""


class ClaimState(StrEnum):
    """What becomes of a claim."""

    READY = "ready"
    """Clean as far as judged: goes into the payer's file."""
    HELD = "held"
    """A finding would have it rejected, denied or taken back."""
    QUESTION = "question"
    """The note leaves something open that decides what is billed."""
    NOT_JUDGED = "not judged"
    """A rule crashed: nothing is said about the claim."""
    SUPERBILL = "superbill"
    """Nothing is filed: the patient pays and receives a superbill."""


@dataclass(frozen=True, slots=True)
class BilledClaim:
    """One claim of the batch: the visit, its lines as they would be filed, and all that was said of it.

    `claim` is `None` where no claim can be made: nothing billable, or units that are not known. `parts` are the claims
    that are filed: the claim itself, or several where it is too long for one.
    """

    key: str
    state: ClaimState
    prepared: Prepared
    claim: Claim | None
    parts: tuple[Claim, ...]
    lines: tuple[Mapping[str, object], ...]
    findings: tuple[Finding, ...]
    unjudged: tuple[Unjudged, ...]
    mended: tuple[Finding, ...]
    """Findings whose safe fix was made at once, or that filing in parts settles; they are not among `findings`."""
    unconfirmed: tuple[str, ...] = ()
    """Tables that judged the claim by an edition not confirmed for its date: never simply clean."""
    filing_deadline: date | None = None
    """The last day on which the payer must have the claim; `None` where that is not known."""
    filing_deadline_earliest: date | None = None
    """The first day that may be that last day: the shorter of a payer's two limits where no one knows which holds."""

    withheld: tuple[Mapping[str, object], ...] = ()
    """Lines that the patient pays for alone, by a signed notice, while the claim has the others."""
    withheld_claim: Claim | None = None
    """These lines as the patient's superbill has them; `None` where there are none, or they lack something."""

    def state_with(self, findings: Sequence[Finding]) -> ClaimState:
        """What becomes of the claim where only these of its findings stand, as a person has set the others aside."""
        if self.state is ClaimState.NOT_JUDGED:
            return self.state
        return _state(self.prepared, self.claim, findings, crashed=False)

    @property
    def charge_cents(self) -> int | None:
        """The total charge, where all lines have one."""
        charges = [line["charge_cents"] for line in self.lines]
        return sum(charge for charge in charges if isinstance(charge, int)) if None not in charges else None


@dataclass(frozen=True, slots=True)
class Billed:
    """The whole job's result, claims in the order of the visits."""

    claims: tuple[BilledClaim, ...]
    verdicts: Verdicts
    tables: Tables

    @property
    def crashed(self) -> dict[str, str]:
        """Rules that crashed, and why."""
        return self.verdicts.crashed


@cache
def the_judge() -> Judge:
    """The rule book without previews, planned once."""
    return Judge(active_rules(), extra={"lines": PRICES, "claims": (*_EDITIONS, *_DEADLINES)})


@without_collection()
def bill(  # noqa: PLR0913 - a job is given everything it may not take for itself
    clinic: Clinic,
    patients: Mapping[str, Patient],
    visits: Sequence[Visit],
    *,
    as_of: date,
    history: Sequence[Visit] = (),
    packs: Mapping[str, Payer] | None = None,
    assistant_method: AssistantMethod = AssistantMethod.PERCENTAGE,
    processes: int = 1,
    advance: Callable[[str, int], None] | None = None,
) -> Billed:
    """Bill a batch of visits.

    Args:
        clinic: who bills.
        patients: patients by their key.
        visits: the visits to bill.
        as_of: today, for filing limits and signatures.
        history: other visits, which decide about these but are not billed: earlier ones of the patients, and those of
            the therapists on the same days.
        packs: the clinic's own payer files by payer id.
        assistant_method: how an assistant's share is judged.
        processes: how many processes read the notes of a large batch; see `prepare`.
        advance: told the stage and how many visits it has finished, for a progress bar.
    """
    own = dict(packs or {})
    told = advance or (lambda _stage, _count: None)
    prepared = prepare([*visits, *history], patients, clinic, own, assistant_method, processes=processes)
    for place in range(len(visits), len(prepared)):
        prepared[place] = replace(prepared[place], case=replace(prepared[place].case, is_history=True))
    told("read", len(visits))
    tables = tables_of([item.case for item in prepared], clinic, as_of)
    context = Context(payers=own, assistant_method=assistant_method.value)
    judge = the_judge()
    verdicts = judge.judge(tables, context)
    fixable = verdicts.findings(safety=Safety.SAFE.value)
    mended: list[Finding] = []
    if any(finding.changes for finding in fixable):
        applied = apply(tables, changes_of(fixable, safe_only=True))
        made = set(applied.made)
        mended = [finding for finding in fixable if finding.changes and made.issuperset(finding.changes)]
        tables, verdicts = applied.tables, judge.judge(applied.tables, context)
    told("check", len(visits))
    claims = _claims(prepared[: len(visits)], clinic, own, verdicts, mended)
    told("build", len(visits))
    return Billed(claims, verdicts, tables)


def _claims(
    prepared: Sequence[Prepared],
    clinic: Clinic,
    packs: Mapping[str, Payer],
    verdicts: Verdicts,
    mended: Sequence[Finding],
) -> tuple[BilledClaim, ...]:
    findings: dict[int, list[Finding]] = defaultdict(list)
    for finding in verdicts.findings():
        findings[finding.claim_id].append(finding)
    unjudged: dict[int, list[Unjudged]] = defaultdict(list)
    for missed in verdicts.unjudged():
        unjudged[missed.claim_id].append(missed)
    fixed: dict[int, list[Finding]] = defaultdict(list)
    for finding in mended:
        fixed[finding.claim_id].append(finding)
    lines: dict[int, list[dict[str, object]]] = defaultdict(list)
    shown, asked = (*_LINE_COLUMNS, *PRICES), (*_EDITIONS, *_DEADLINES)
    frames = verdicts.workspace.frames
    priced = frames.holding("lines", shown).select(shown)
    for row in priced.iter_rows(named=True):
        lines[row["claim_id"]].append(row)
    own_claims = frames.holding("claims", asked)
    editions, deadlines = own_claims.select(list(_EDITIONS)).rows(), own_claims.select(_DEADLINES).rows()
    result = []
    for claim_id, item in enumerate(prepared):
        own_lines = lines[claim_id]
        claim = build_claim(item.case, own_lines, clinic, packs)
        parts = filed_as(claim)
        own, settled = settle_size(findings[claim_id], item.case.visit, parts)
        state = _state(item, claim, own, crashed=bool(verdicts.crashed))
        result.append(
            BilledClaim(
                key=item.case.visit.id,
                state=state,
                prepared=item,
                claim=claim,
                parts=parts,
                lines=tuple(own_lines),
                findings=tuple(own),
                unjudged=tuple(unjudged[claim_id]),
                unconfirmed=tuple(
                    table
                    for table, confirmed in zip(_EDITIONS.values(), editions[claim_id], strict=True)
                    if confirmed is False
                ),
                mended=(*fixed[claim_id], *settled),
                filing_deadline=deadlines[claim_id][0],
                filing_deadline_earliest=deadlines[claim_id][1],
                withheld=tuple(_row(number, line) for number, line in enumerate(item.withheld, 1)),
                withheld_claim=_withheld_claim(item, clinic, packs),
            )
        )
    return tuple(result)


def _row(number: int, line: LineDraft) -> dict[str, object]:
    """A line that no payer is asked for, as the lines of a claim are told; nothing prices it."""
    told: dict[str, object] = {
        "line_number": number,
        "code": line.code,
        "modifiers": list(line.modifiers),
        "units": line.units,
    }
    told |= {"charge_cents": line.charge_cents, "pointers": line.pointers, "code_origin": line.origin}
    return told | dict.fromkeys(PRICES)


def _withheld_claim(item: Prepared, clinic: Clinic, packs: Mapping[str, Payer]) -> Claim | None:
    rows = [_row(number, line) for number, line in enumerate(item.withheld, 1)]
    return build_claim(replace(item.case, is_patients_own=True), rows, clinic, packs)


_LINE_COLUMNS = (
    "line_id",
    "claim_id",
    "line_number",
    "code",
    "modifiers",
    "units",
    "charge_cents",
    "pointers",
    "code_origin",
)


def _state(item: Prepared, claim: Claim | None, findings: Sequence[Finding], *, crashed: bool) -> ClaimState:
    if crashed:
        return ClaimState.NOT_JUDGED
    if item.questions or claim is None:
        return ClaimState.QUESTION
    if any(finding.severity in BLOCKING for finding in findings):
        return ClaimState.HELD
    coverage = item.case.coverage()
    if item.case.payer() == CASH or (coverage is not None and coverage.in_network is False):
        return ClaimState.SUPERBILL
    return ClaimState.READY


__all__ = ["Billed", "BilledClaim", "ClaimState", "bill", "the_judge"]
