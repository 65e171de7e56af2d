"""What payers refused or cut, read from the answers that stand, and the worklist brought into step with it.

Called in the transaction that posts, places or unposts a payment: an item is made for each line that is refused or paid
too little, changed where its answer changed, and settled where the line was paid, written off, or answered otherwise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from cleanclaim.denials.deadlines import of_step
from cleanclaim.denials.prediction import FiledFinding, prediction_of
from cleanclaim.denials.ranking import History, likelihood
from cleanclaim.denials.refused import Answered, Denial, Open, standing
from cleanclaim.denials.strategy import Circumstances, strategy_of
from cleanclaim.denials.terms import Terms, terms_of
from cleanclaim.denials.underpaid import Expected, Underpayment, underpaid
from cleanclaim.ledger.accounts import Account
from cleanclaim.practice import many_rows
from cleanclaim.practice.engine.follow_up.answered_claims import histories_of, prices_of, sums_of
from cleanclaim.practice.engine.follow_up.at_hand import NOTHING_AT_HAND, AtHand
from cleanclaim.practice.engine.follow_up.recoupments import Standing, with_checks
from cleanclaim.practice.engine.follow_up.refund_ties import bring_refunds_into_step, taken_twice
from cleanclaim.practice.engine.judging.checking import today_at
from cleanclaim.practice.engine.judging.known_claims import Filed, filed_claims, is_answered_in_part, match_written
from cleanclaim.practice.engine.judging.setting import packs_of
from cleanclaim.practice.engine.worklist.follow_up_rules import chosen_rules, is_below
from cleanclaim.practice.engine.worklist.work_items import Found, settle, step_in
from cleanclaim.practice.many_keys import among
from cleanclaim.practice.models import (
    LIVE_STATES,
    AnswerState,
    Claim,
    ClaimAnswer,
    ClaimFinding,
    ClaimStatus,
    Clinic,
    FollowUpRules,
    LedgerEntry,
    User,
    WorkItem,
    WorkKind,
    WorkState,
)
from cleanclaim.records.remittance import RemittedClaim
from cleanclaim.reference.denials import Chance, DenialCause, Route
from cleanclaim.remittance.effects import Effect
from cleanclaim.remittance.plan import Posted

_PIECE = 1000
"""Claims that are looked at together: databases bound the values of a statement."""

_BEFORE_AN_ANSWER = (Account.WRITTEN_OFF.value, Account.PATIENT_OPEN.value)

_FROM_POSTING = (
    WorkKind.DENIAL.value,
    WorkKind.UNDERPAYMENT.value,
    WorkKind.CREDIT.value,
    WorkKind.TAKEN_TWICE.value,
)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a payment's claims before it is written: what we expected of each line, and what waits."""

    claims: frozenset[UUID]
    prices: Mapping[UUID, Sequence[tuple[str, int | None, int | None]]]
    waiting: frozenset[UUID]
    """Claims with something on the worklist, or sent again for one that has; with a check to a payer, or given up."""


def known_before(claims: Iterable[UUID]) -> Known:
    """Read what `to_look_at` asks of claims, before anything of a payment is written."""
    told = frozenset(claims)
    live = WorkItem.objects.filter(state__in=LIVE_STATES)
    waiting = set(live.filter(among("claim", told)).values_list("claim", flat=True))
    # What was sent again as another claim is settled by the answer to that one.
    sent_again = Claim.objects.filter(among("pk", told)).exclude(replaces=None)
    waiting |= set(sent_again.filter(replaces__in=live.values("claim")).values_list("pk", flat=True))
    # What was given up, or moved to the patient, before the payer answers may be paid too much.
    settled = LedgerEntry.objects.filter(among("claim", told), account__in=_BEFORE_AN_ANSWER).order_by()
    waiting |= set(settled.values_list("claim", flat=True).distinct())
    return Known(told, prices_of(told), frozenset(waiting | with_checks(told)))


def to_look_at(posted: Sequence[Posted], known: Known) -> set[UUID]:
    """Those of a payment's claims whose place on the worklist may change with it. Nothing is read."""
    wanted = set()
    for item in posted:
        key = UUID(item.claim)
        said = Answered(item.answer, item.match.claim.lines, item.match.lines)
        expected = _expected(item.match.claim.lines, known.prices.get(key, ()))
        stays_open = any(line.sum_of(Effect.OPEN) for line in item.lines) or standing([said])
        is_known = key in known.claims and key not in known.waiting and not item.match.claim.standing
        if not is_known or item.answer.is_reversal or stays_open or underpaid([said], expected):
            wanted.add(key)
    return wanted


def bring_into_step(
    clinic: Clinic, claims: Iterable[UUID], user: User | None, at_hand: AtHand = NOTHING_AT_HAND
) -> None:
    """Make, change and settle the items of these claims of a clinic in scope, by the answers that stand now."""
    listed = sorted(set(claims))
    for begun in range(0, len(listed), _PIECE):
        _bring_into_step(clinic, set(listed[begun : begun + _PIECE]), user, at_hand)


def _bring_into_step(clinic: Clinic, keys: set[UUID], user: User | None, at_hand: AtHand) -> None:
    keys |= set(Claim.objects.filter(among("pk", keys)).exclude(replaces=None).values_list("replaces", flat=True))
    rows, filed = _filed(keys, at_hand)
    if not rows:
        return
    for row in rows:
        row.clinic = clinic
    standings = bring_refunds_into_step(clinic, {row.charged_id for row in rows}, user)
    around = _Around.of(clinic, rows, standings, at_hand)
    held: dict[UUID, list[WorkItem]] = defaultdict(list)
    live = WorkItem.objects.select_for_update(of=("self",)).filter(
        among("claim", [row.pk for row in rows]), state__in=LIVE_STATES
    )
    for item in live.order_by("pk"):
        held[item.claim_id].append(item)
    many_rows.check_links()  # the database does while the program decides
    made: list[WorkItem] = []
    for row in rows:
        made += _of_claim(filed[row.pk], around, held[row.pk], user)
    many_rows.insert_made(WorkItem, clinic, made)


def _filed(keys: set[UUID], at_hand: AtHand) -> tuple[list[Claim], dict[UUID, Filed]]:
    """Those of these claims that were filed, in the order of their keys, and by key how each was."""
    known = {key: one.known for key in keys if (one := at_hand.filed.get(str(key))) is not None}
    rows = Claim.objects.exclude(batch=None)
    there = list(rows.filter(among("pk", known)).defer("record", "questions", "evidence")) if known else []
    others = list(rows.filter(among("pk", keys - known.keys()))) if len(known) < len(keys) else []
    filed = {one.row.pk: one for one in filed_claims(others)} | {row.pk: Filed(row, known[row.pk]) for row in there}
    return sorted([*there, *others], key=lambda row: row.pk.int), filed


def _of_claim(filed: Filed, around: _Around, held: Sequence[WorkItem], user: User | None) -> list[WorkItem]:
    """Change and settle the items of one claim; returns those that are to be made."""
    claim = filed.claim
    rows = around.answers.get(claim.pk, [])
    said = [one for row in rows if (one := _matched(filed, row, around.at_hand.answer_of(row))) is not None]
    found: list[Found] = []
    if rows and claim.status != ClaimStatus.CLOSED.value:
        last = rows[-1]
        refused = standing(said, around.open_to(filed))
        found += [around.denied(filed, denial, last) for denial in refused]
        lines = [line for part in filed.known for line in part.lines]
        expected = _expected(lines, around.prices.get(claim.pk, ()))
        found += [around.short(filed, item, last) for item in underpaid(said, expected)]
        found += around.credits(filed, last)
    found += taken_twice(claim, around.standings, rows, around.today)
    mine = [item for item in held if item.kind in _FROM_POSTING]
    is_answered = bool(rows) and not is_answered_in_part(claim.charge_cents, rows)
    unanswered = [item for item in held if item.kind == WorkKind.UNANSWERED.value and is_answered]
    made, gone = step_in(claim, found, mine, user)
    for item in (*gone, *unanswered):
        if item.state == WorkState.RESUBMITTED.value and claim.status == ClaimStatus.CLOSED.value:
            _by_replacement(item, around, user)
        else:
            settle(item, *around.ending(item, answered=bool(rows)), user, around.today)
    return made


def _by_replacement(item: WorkItem, around: _Around, user: User | None) -> None:
    """Settle what was sent again by the answer to the claim that took its place, once there is one."""
    later = Claim.objects.filter(replaces=item.claim_id).exclude(batch=None).order_by("-created_at").first()
    if later is None or not ClaimAnswer.objects.filter(claim=later, remittance__unposted_at=None).exists():
        return
    number = item.line.rpartition(":")[2]
    opened = around.open_of_claim(later.pk)
    left = sum(cents for key, cents in opened.items() if key.rpartition(":")[2] == number)
    words = f"answered as {later.number}"
    state = WorkState.PAID if left <= 0 else WorkState.CLOSED
    settle(item, state, max(left, 0) if state is WorkState.PAID else None, words, user, around.today)


def answered_by(filed: Filed, row: ClaimAnswer) -> Answered | None:
    """A row's answer with the lines of the part of the claim that it answers; `None` where they do not meet."""
    return _matched(filed, row, NOTHING_AT_HAND.answer_of(row))


def _matched(filed: Filed, row: ClaimAnswer, answer: RemittedClaim) -> Answered | None:
    """An answer with the lines of the part of the claim that it answers; `None` where they do not meet."""
    for part in filed.known:
        matched = match_written(part, answer, row.posted)
        if matched is not None and (answer.lines or abs(answer.charge_cents) == part.charge_cents):
            return Answered(answer, part.lines, matched)
    return None


@dataclass(slots=True)
class _Around:
    """What is read once for all claims of a call."""

    today: date
    answers: dict[UUID, list[ClaimAnswer]]
    prices: dict[UUID, list[tuple[str, int | None, int | None]]]
    findings: dict[UUID, list[FiledFinding]]
    sums: dict[str, dict[tuple[str, str], int]]
    """By line of the ledger, what stands in each account for each payer."""
    histories: dict[tuple[str, str], History]
    packs: tuple[Any, ...]
    standings: list[Standing]
    """How claims stand with payers that were sent a check."""
    at_hand: AtHand
    rules: FollowUpRules
    terms: dict[tuple[str, date], Terms] = field(default_factory=dict)

    @classmethod
    def of(cls, clinic: Clinic, rows: Sequence[Claim], standings: Mapping[Any, Standing], at_hand: AtHand) -> _Around:
        keys = [row.pk for row in rows]
        answers: dict[UUID, list[ClaimAnswer]] = defaultdict(list)
        states = [AnswerState.POSTED.value, AnswerState.PLACED.value]
        told = ClaimAnswer.objects.filter(among("claim", keys), state__in=states, remittance__unposted_at=None)
        for row in told.prefetch_related("remittance").order_by("created_at", "segment"):
            answers[row.claim_id].append(row)
        findings: dict[UUID, list[FiledFinding]] = defaultdict(list)
        stood = ClaimFinding.objects.filter(among("claim", keys), was_mended=False)
        for claim, rule, place in stood.values_list("claim", "rule", "place"):
            findings[claim].append(FiledFinding(rule, place))
        heads = {row.charged_id for row in rows}
        return cls(
            today=today_at(clinic),
            answers=dict(answers),
            prices=prices_of(keys),
            findings=dict(findings),
            sums=sums_of(heads),
            histories=histories_of({row.payer for row in rows}),
            packs=tuple(packs_of(clinic).values()),
            standings=list(standings.values()),
            at_hand=at_hand,
            rules=chosen_rules(clinic),
        )

    def terms_on(self, payer: str, day: date) -> Terms:
        """What is known of a payer on a day."""
        if (payer, day) not in self.terms:
            self.terms[payer, day] = terms_of(payer, day, self.packs)
        return self.terms[payer, day]

    def open_to(self, filed: Filed) -> dict[str, Open]:
        """What is open of each line to the payer that the claim went to, and to whoever comes behind it."""
        found = {}
        for part in filed.known:
            for line in part.lines:
                cells = self.sums.get(line.key, {})
                payer = cells.get((Account.PAYER_OPEN.value, filed.payer.value), 0)
                later = {order.value for order in part.later}
                behind = sum(
                    cents
                    for (account, who), cents in cells.items()
                    if account == Account.PATIENT_OPEN.value or (account == Account.PAYER_OPEN.value and who in later)
                )
                found[line.key] = Open(payer, behind)
        return found

    def open_of_claim(self, claim: UUID) -> dict[str, int]:
        """What is open of each line of a claim, to payers."""
        return {
            line: sum(cents for (account, _who), cents in cells.items() if account == Account.PAYER_OPEN.value)
            for line, cells in sums_of({claim}).items()
        }

    def denied(self, filed: Filed, denial: Denial, row: ClaimAnswer) -> Found:
        """A refused line as the worklist holds it."""
        claim = filed.claim
        noticed = row.remittance.paid_on or self.today
        terms = self.terms_on(claim.payer, noticed)
        codes = [line.code for part in filed.known for line in part.lines]
        made = strategy_of(denial, Circumstances(terms, noticed, claim.due_on, codes))
        likely = likelihood(made.chance, self.histories.get((claim.payer, denial.main.carc)))
        seen = prediction_of(denial, self.findings.get(claim.pk, ()), terms.kind)
        return Found(
            kind=WorkKind.DENIAL,
            line=denial.line.key,
            cents=denial.cents,
            answer=row,
            values={
                "code": denial.line.code,
                "group": denial.main.group.value,
                "reason": denial.main.carc,
                "remarks": list(denial.main.remarks),
                "reasons": [[one.group.value, one.carc, list(one.remarks), one.cents] for one in denial.reasons],
                "cause": made.cause.value,
                "route": made.route.value,
                "points": 0 if made.chance is Chance.NONE else likely.points,
                "basis": likely.basis[:120],
                "noticed_on": noticed,
                "due_on": made.deadline.on,
                "foresight": seen.foresight.value,
                "foreseen_by": list(seen.rules),
            },
        )

    def short(self, filed: Filed, item: Underpayment, row: ClaimAnswer) -> Found:
        """A line that was paid too little as the worklist holds it."""
        noticed = row.remittance.paid_on or self.today
        terms = self.terms_on(filed.claim.payer, noticed)
        made = Circumstances(terms, noticed, filed.claim.due_on)
        likely = likelihood(Chance.FAIR, self.histories.get((filed.claim.payer, WorkKind.UNDERPAYMENT.value)))
        return Found(
            kind=WorkKind.UNDERPAYMENT,
            line=item.line.key,
            cents=item.short_cents,
            answer=row,
            values={
                "code": item.line.code,
                "reason": WorkKind.UNDERPAYMENT.value,
                "expected_cents": item.expected_cents,
                "allowed_cents": item.allowed_cents,
                "steps": [[step.words, step.cents] for step in item.steps],
                "is_small": is_below(self.rules, item.short_cents, item.expected_cents),
                "cause": DenialCause.PAYER.value,
                "route": Route.APPEAL.value,
                "points": likely.points,
                "basis": likely.basis[:120],
                "noticed_on": noticed,
                "due_on": first_deadline(made),
            },
        )

    def credits(self, filed: Filed, row: ClaimAnswer) -> list[Found]:
        """Lines on which more was paid than is owed: somebody's money is to be given back."""
        found = []
        for part in filed.known:
            for line in part.lines:
                cells = self.sums.get(line.key, {})
                too_much = -cells.get((Account.PAYER_OPEN.value, filed.payer.value), 0)
                if too_much > 0:
                    values = {"code": line.code, "reason": WorkKind.CREDIT.value, "cause": DenialCause.PAYER.value,
                              "noticed_on": row.remittance.paid_on or self.today}  # fmt: skip
                    found.append(Found(WorkKind.CREDIT, line.key, too_much, row, values))
        return found

    def ending(self, item: WorkItem, *, answered: bool) -> tuple[WorkState, int | None, str]:
        """How an item that nothing stands for any more ended: its state, what did not come, and the words for it."""
        if item.kind == WorkKind.TAKEN_TWICE.value:
            return WorkState.PAID, 0, "the payer has given it back, or has not taken it"
        if item.kind != WorkKind.DENIAL.value:
            words = "answered" if answered else "the answer was taken back"
            return WorkState.CLOSED if not answered else WorkState.PAID, 0 if answered else None, words
        if not answered:
            return WorkState.CLOSED, None, "the answer was taken back"
        cells = self.sums.get(item.line, {})

        def at(account: Account) -> int:
            return sum(cents for (name, _who), cents in cells.items() if name == account.value)

        if at(Account.WRITTEN_OFF) > 0 and at(Account.PAYER_OPEN) <= 0:
            return WorkState.GIVEN_UP, min(at(Account.WRITTEN_OFF), item.first_cents), "written off"
        if at(Account.PAYER_CASH) > 0 or at(Account.PATIENT_CASH) > 0:
            return WorkState.PAID, 0, "paid"
        return WorkState.CLOSED, None, "nothing is open any more"


def first_deadline(around: Circumstances) -> date | None:
    """The last day of the payer's first step of dispute, where its file tells it."""
    return of_step(around.terms.steps[0], around.notice_on).on if around.terms.steps else None


def _expected(lines: Sequence[Any], prices: Sequence[tuple[str, int | None, int | None]]) -> dict[str, Expected]:
    """What we computed of each line; nothing where the claim's lines are not those that were priced."""
    if len(lines) != len(prices) or any(line.code != code for line, (code, _a, _p) in zip(lines, prices, strict=True)):
        return {}
    return {line.key: Expected(allowed, payment) for line, (_code, allowed, payment) in zip(lines, prices, strict=True)}
