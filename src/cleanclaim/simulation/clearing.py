"""Claims out and answers in: files to the payers on Fridays, and everything that comes back read as a biller reads it.

What a payer says comes only through its files (999, 277CA, 835). What nobody can place is kept in suspense.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache

from cleanclaim import payer_sim
from cleanclaim.claims.validity import sort_claims
from cleanclaim.denials.prediction import FiledFinding, prediction_of
from cleanclaim.denials.refused import Denial, Reason
from cleanclaim.denials.strategy import Circumstances, strategy_of
from cleanclaim.denials.terms import Terms, terms_of
from cleanclaim.ledger import posting
from cleanclaim.ledger.entries import LedgerError, Source
from cleanclaim.payer_sim.letters import SUFFIX, DecisionLetter, read_decision
from cleanclaim.records import AdjustmentGroup, CoverageOrder
from cleanclaim.records.remittance import ClaimStatusCode, RemittedClaim, RemittedLine
from cleanclaim.reference import payers
from cleanclaim.remittance.effects import Effect
from cleanclaim.remittance.matching import ClaimIndex, KnownClaim, KnownLine, Standing
from cleanclaim.remittance.plan import Plan, Posted, plan
from cleanclaim.simulation.books import Books
from cleanclaim.simulation.material import clinic, packs
from cleanclaim.simulation.traffic import Announced, Denied, Sent, Tally, line_key
from cleanclaim.x12 import ControlNumbers, Envelope, file_837p
from cleanclaim.x12.reader_277 import read_277
from cleanclaim.x12.reader_835 import read_835
from cleanclaim.x12.reader_999 import read_acknowledgments

_NINE = 9
_PRIMARY = CoverageOrder.PRIMARY


@dataclass(slots=True)
class Clearing:
    """One desk's traffic with the payers, and what it writes into the books."""

    books: Books
    memory: payer_sim.Memory
    patient_of: Mapping[str, str]
    tally: Tally = field(default_factory=Tally)
    control: ControlNumbers = field(default_factory=ControlNumbers)
    sent: dict[str, Sent] = field(default_factory=dict)
    """By the control number of the claim."""
    standing: dict[str, list[Standing]] = field(default_factory=lambda: defaultdict(list))
    out: dict[str, bytes] = field(default_factory=dict)
    """Files of this week, ours and the payers', by name."""
    fresh_denials: list[Denied] = field(default_factory=list)
    fresh_returns: list[Sent] = field(default_factory=list)
    to_secondary: list[tuple[Sent, RemittedClaim]] = field(default_factory=list)
    decisions: list[DecisionLetter] = field(default_factory=list)
    announced: list[Announced] = field(default_factory=list)
    won: Collection[str] = frozenset()
    """The payers' numbers of the answers that appeals have won."""

    # --- out --------------------------------------------------------------------------------------------------

    def week(self, friday: date, leaving: Sequence[Sent], letters: Sequence[tuple[str, bytes]] = ()) -> None:
        """File what leaves, send letters, and take in what the payers answer by the end of the day."""
        self.out.clear()
        self.fresh_denials.clear()
        self.fresh_returns.clear()
        self.to_secondary.clear()
        self.decisions.clear()
        self.announced.clear()
        files = list(self._files(friday, leaving))
        answered = payer_sim.answer([*files, *letters], self.memory, today=friday)
        self.out.update({f"claims/{name}.837": data for name, data in files})
        self.out.update({f"letters/{name}": data for name, data in letters})
        self.out.update({f"answers/{name}": data for name, data in answered.files.items()})
        for name, data in answered.files.items():
            kind = name.rpartition(".")[2]
            if kind == "999":
                self._acknowledged(data)
            elif kind == "277":
                self._statuses(data)
            elif kind == SUFFIX:
                self.decisions.append(read_decision(data))
            elif kind == "835":
                self._paid(name, data)

    def _files(self, friday: date, leaving: Sequence[Sent]) -> Iterable[tuple[str, bytes]]:
        by_payer: dict[tuple[str, str], list[Sent]] = defaultdict(list)
        for one in leaving:
            by_payer[one.claim.payer.pack, one.claim.payer.identifier].append(one)
        for (pack, identifier), group in sorted(by_payer.items()):
            parted = sort_claims([one.claim for one in group])
            self.tally.unfit += len(parted.unfit)
            fit = {claim.id for claim in parted.fit}
            if not fit:
                continue
            number = self.control.interchange
            envelope = Envelope(clinic().submitter, group[0].claim.payer.name, identifier)
            created = datetime(friday.year, friday.month, friday.day, _NINE, tzinfo=UTC)
            made = file_837p(parted.fit, envelope=envelope, control=self.control, created=created)
            name = f"{friday.isoformat()}-{pack}-{number:09d}"
            self.tally.files += 1
            source = Source("batch", name, hashlib.sha256(made.data).hexdigest())
            for one in group:
                if one.claim.id in fit:
                    self._leaves(one, friday, source)
            yield name, made.data

    def _leaves(self, one: Sent, friday: date, source: Source) -> None:
        one.filed_on = friday
        self.sent[one.claim.id] = one
        if one.attempt > 1 or one.order is not _PRIMARY:
            self.tally.again += 1
            self.tally.unchanged += one.is_unchanged
            return
        self.tally.filed += 1
        claim = one.claim
        lines = [(line_key(one.head, line.number), line.date_of_service, line.code) for line in claim.lines]
        self.books.open(self.patient_of[one.key], claim.id, lines)
        charges = [(line_key(one.head, line.number), line.charge_cents) for line in claim.lines]
        self.books.write(posting.charge(f"charge:{claim.id}", friday, source, _PRIMARY.value, charges))

    # --- in ---------------------------------------------------------------------------------------------------

    def _acknowledged(self, data: bytes) -> None:
        for group in read_acknowledgments(data).groups:
            self.tally.refused_files += not group.is_taken

    def _statuses(self, data: bytes) -> None:
        for report in read_277(data).reports:
            for item in report.claims:
                one = self.sent.get(item.control_number)
                if one is None:
                    continue
                if item.refuses:
                    one.returned = item.statuses[0].text if item.statuses else "?"
                    self.tally.returned[one.returned] += 1
                    self.fresh_returns.append(one)
                else:
                    one.payer_number = item.payer_control_number
                    self.tally.accepted += 1

    def _paid(self, name: str, data: bytes) -> None:
        digest = hashlib.sha256(data).hexdigest()
        read = read_835(data)
        for record, left_out in zip(read.remittances, read.left_out, strict=True):
            self.tally.remittances += 1
            self.tally.empty += record.amount_cents == 0
            index = ClaimIndex.of(self._known(record.claims))
            payees = (clinic().organization.npi, clinic().organization.tax_id)
            made = plan(record, index, left_out, payees=payees)
            self._post(made, name, digest)

    def _known(self, answers: Iterable[RemittedClaim]) -> list[KnownClaim]:
        numbers = dict.fromkeys(answer.control_number for answer in answers)
        return [self._as_known(self.sent[number]) for number in numbers if number in self.sent]

    def _as_known(self, one: Sent) -> KnownClaim:
        claim = one.claim
        payers = (claim.payer, *claim.other_payers)
        order = list(CoverageOrder)
        later = [payer.order for payer in payers if order.index(payer.order) > order.index(one.order)]
        return KnownClaim(
            key=claim.id,
            control_number=claim.id,
            lines=tuple(
                KnownLine(
                    key=line_key(one.head, line.number),
                    control_number=line.control_number,
                    code=line.code,
                    modifiers=line.modifiers,
                    units=line.units,
                    charge_cents=line.charge_cents,
                    date_of_service=line.date_of_service,
                )
                for line in claim.lines
            ),
            family_name=claim.patient.name.family_name,
            member_id=claim.payer.member_id,
            payer_control_numbers=(one.payer_number,) if one.payer_number else (),
            order=one.order,
            later=tuple(sorted(later, key=order.index)),
            identifiers=tuple((payer.order, payer.identifier) for payer in payers),
            chain=one.head,
            standing=tuple(self.standing[one.head]),
        )

    def _post(self, made: Plan, name: str, digest: str) -> None:
        record = made.remittance
        on = record.paid_on or date.min
        source = Source("remittance", name, digest)
        for item in made.posted:
            self._post_claim(item, on, source)
            self.standing[item.match.claim.chain] = made.standing_of(item.match.claim)
        for held in made.suspended:
            self.tally.suspended[held.reason] += 1
        for adjustment in made.adjustments:
            sign = "+" if adjustment.cents > 0 else "-"
            self.tally.provider[f"{adjustment.reason}{sign}"] += 1
            if adjustment.reason == _OVERPAID and adjustment.cents < 0:
                told = Announced(record.payer_identifier, adjustment.reference, -adjustment.cents, on)
                self.announced.append(told)
        if made.interest_cents:
            self.tally.provider["L6-"] += 1
        self.books.write(
            posting.payment_parts(
                f"parts:{name}",
                on,
                source,
                record.payer_identifier,
                interest_cents=made.interest_cents,
                suspense=[(f"segment {item.segment}", item.cents) for item in made.suspended],
                adjustments=[(item.reason, item.cents) for item in made.adjustments],
            )
        )

    def _post_claim(self, item: Posted, on: date, source: Source) -> None:
        one, answer = self.sent[item.claim], item.answer
        following = item.next_payer
        try:
            self.books.write(
                posting.remittance(
                    f"{source.key}:{answer.segment}",
                    on,
                    source,
                    item.order.value,
                    item.lines,
                    next_payer=following.value if following is not None else posting.PATIENT,
                )
            )
        except LedgerError:
            # A denial of everything moves nothing: it is kept as a denial, not as an entry.
            if any(line.moved_cents for line in item.lines):
                raise
        self._count(item, one, on)
        for key, told in zip(item.match.lines, answer.lines, strict=False):
            self.books.remark(key, told.remarks)
        if answer.is_reversal:
            return
        if (
            following is CoverageOrder.SECONDARY
            and answer.status not in _SENT_ON
            and any(line.sum_of(Effect.PATIENT) for line in item.lines)
        ):
            self.to_secondary.append((one, answer))

    def _count(self, item: Posted, one: Sent, on: date) -> None:
        answer, tally = item.answer, self.tally
        paid = sum(line.paid_cents for line in item.lines)
        if paid:
            tally.paid_days.append(((on - one.filed_on).days, paid))
        tally.won_cents += paid if answer.payer_control_number in self.won else 0
        tally.unchanged_paid_cents += paid if one.is_unchanged else 0
        if answer.is_reversal:
            tally.reversals += 1
            return
        is_first = one.answers == 0 and one.attempt == 1 and item.order is _PRIMARY
        one.answers += 1
        tally.forwarded += answer.status in _SENT_ON
        tally.by_secondary += item.order is not _PRIMARY
        tally.split += len(answer.lines) > len(one.claim.lines)
        is_packaged = any(line.billed_code and _is_with_another(line) for line in answer.lines)
        tally.packaged += is_packaged
        tally.recoded += not is_packaged and any(line.billed_code for line in answer.lines)
        tally.late += bool(answer.interest_cents)
        refused = list(_refused(item))
        if is_first:
            tally.answered += 1
            tally.first_pass += not refused
        for line, reason in refused:
            denial, pack = Denial(line, (reason,)), one.claim.payer.pack
            objections = [FiledFinding(rule, place) for rule, place in one.objections]
            foresight = prediction_of(denial, objections, kind_of(pack)).foresight
            codes = [told.code for told in one.claim.lines]
            made = strategy_of(denial, Circumstances(terms(pack, line.date_of_service), on, None, codes))
            denied = Denied(
                one, line.key, reason.group.value, reason.carc, reason.cents, on, is_first, item.order, foresight,
                answer.payer_control_number, made,
            )  # fmt: skip
            if one.is_unchanged:
                continue
            tally.routes[made.route.value] += 1
            tally.denials.append(denied)
            if reason.group is not AdjustmentGroup.PATIENT:
                self.fresh_denials.append(denied)


_SENT_ON = frozenset({ClaimStatusCode.PRIMARY_FORWARDED.value, ClaimStatusCode.SECONDARY_FORWARDED.value})
_OVERPAID, _PAID_WITH_ANOTHER = "WO", "97"
_SHARES = frozenset({"1", "2", "3"})
"""Deductible, coinsurance and copay: what a patient owes of a line that was paid or allowed."""


def _refused(item: Posted) -> Iterator[tuple[KnownLine, Reason]]:
    """What a payer did not accept of each line, with the remarks beside it.

    Left open to the payer, or left to the patient whole: not covered, ended, past a limit.
    """
    lines = {line.key: line for line in item.match.claim.lines}
    groups: dict[tuple[str, str], AdjustmentGroup] = {}
    remarks: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for key, told in zip(item.match.lines, item.answer.lines, strict=False):
        remarks[key] = (*remarks[key], *told.remarks)
        groups |= {(key, adjusted.reason): adjusted.group for adjusted in told.adjustments}
    for line in item.lines:
        for effect, cents, why in line.unpaid:
            is_left_to_patient = effect is Effect.PATIENT and why not in _SHARES
            if cents > 0 and (effect is Effect.OPEN or is_left_to_patient):
                group = groups.get((line.line, why), AdjustmentGroup.CONTRACTUAL)
                yield lines[line.line], Reason(group, why, remarks[line.line], cents)


def _is_with_another(line: RemittedLine) -> bool:
    """Whether a line is told as paid within another."""
    return any(item.reason == _PAID_WITH_ANOTHER for item in line.adjustments)


@cache
def terms(pack: str, day: date) -> Terms:
    """What a payer's file says of sending again and disputing, on a day."""
    return terms_of(pack, day, packs().values())


@cache
def kind_of(pack: str) -> str | None:
    """The kind of payer that a payer file describes."""
    found = packs().get(pack)
    return found.kind if found is not None else payers.get(pack).kind
