"""The payer at work: files of claims in, files of answers out.

What comes in is acknowledged at once (TA1, 999), its claims are taken or returned (277CA), those taken are decided,
what is asked is answered (271, 277), and what is due is paid (835). Nothing here looks at a clock or a disk: day and
bytes are handed in, so that the same input gives the same bytes.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from cleanclaim.money import Cents
from cleanclaim.payer_sim import appeals, writer_271, writer_277, writer_277ca, writer_835
from cleanclaim.payer_sim.chance import Chance
from cleanclaim.payer_sim.claim_status import standing
from cleanclaim.payer_sim.coverage import person_key
from cleanclaim.payer_sim.decision import decide
from cleanclaim.payer_sim.denials import Case
from cleanclaim.payer_sim.eligibility import Desk, benefits
from cleanclaim.payer_sim.envelope import Ends, interchange, segment, wrapped
from cleanclaim.payer_sim.front_end import returned
from cleanclaim.payer_sim.inquiries import ELIGIBILITY, STATUS, eligibility_inquiries, reference, status_inquiries
from cleanclaim.payer_sim.letters import SUFFIX, AppealLetter, DecisionLetter, Letter, read_letter, written
from cleanclaim.payer_sim.memory import Memory, Payee, Refund
from cleanclaim.payer_sim.pack import Pack, Plan, Scenario, load_pack
from cleanclaim.payer_sim.payments import Payment, payments
from cleanclaim.x12 import (
    ControlNumbers,
    Interchange,
    ParsedClaim,
    TransactionSet,
    X12File,
    claims_of,
    read,
    transactions,
)
from cleanclaim.x12.acknowledgments import NothingToAcknowledgeError, acknowledge
from cleanclaim.x12.acknowledgments.interchange import is_refused
from cleanclaim.x12.validation import Outcome, validate
from cleanclaim.x12.validation.verdicts import InterchangeVerdict

_ANSWERS = "FA"
_UNNAMED = "SIMPAYER"
_DUPLICATE_NUMBER = "025"
_NOON = 12


@dataclass(slots=True)
class Answered:
    """What came in and what goes out: `files` by name, and the counts of both."""

    files: dict[str, bytes] = field(default_factory=dict)
    read: int = 0
    known: int = 0
    """Files that were answered before, and are left alone."""
    unreadable: list[str] = field(default_factory=list)
    """Names of files in which no interchange is."""
    refused_transactions: int = 0
    claims: int = 0
    taken: int = 0
    letters: Counter[str] = field(default_factory=Counter)
    """Letters taken by their kind, and decisions over appeals by what became of them."""
    inquiries: Counter[str] = field(default_factory=Counter)
    """Questions answered, by the kind of their transaction: 270 or 276."""
    returned: Counter[str] = field(default_factory=Counter)
    """Claims returned by the front end, by the code of the 277CA."""
    payments: list[Payment] = field(default_factory=list)
    waiting: int = 0
    next_day: date | None = None
    """When the next of what waits is due."""

    @property
    def paid_cents(self) -> Cents:
        """The sum of the payments."""
        return sum(one.remittance.amount_cents for one in self.payments)

    def reasons(self) -> dict[tuple[str, str], tuple[int, Cents]]:
        """By group and reason (CARC): on how many lines and claims, and of how much. Reversals take theirs off."""
        found: dict[tuple[str, str], tuple[int, Cents]] = {}
        for payment in self.payments:
            for claim in payment.remittance.claims:
                step = -1 if claim.is_reversal else 1
                for item in (*claim.adjustments, *(cut for line in claim.lines for cut in line.adjustments)):
                    count, cents = found.get((item.group.value, item.reason), (0, 0))
                    found[item.group.value, item.reason] = (count + step, cents + item.amount_cents)
        return dict(sorted(found.items()))


def answer(
    files: Iterable[tuple[str, bytes]],
    memory: Memory,
    *,
    today: date,
    settle: bool = False,
    advance: Callable[[int], None] = lambda _count: None,
) -> Answered:
    """Answer files (name without suffix, bytes) that the memory does not know, and pay what is due by that day.

    With `settle` everything that waits is paid, on days to come. Seed and scenario are those of the memory, which is
    changed. `advance` is told of each file that is done.
    """
    pack = load_pack()
    desk = _Desk(memory, pack, pack.scenarios[memory.scenario], Chance(memory.seed), today, Answered())
    for name, data in files:
        desk.take_file(name, data)
        advance(1)
    desk.pay(through=None if settle else today)
    return desk.answered


@dataclass(slots=True)
class _Desk:
    """One run of the payer."""

    memory: Memory
    pack: Pack
    scenario: Scenario
    chance: Chance
    today: date
    answered: Answered

    def take_file(self, name: str, data: bytes) -> None:
        """Acknowledge a file, and take its claims."""
        known = hashlib.sha256(data).hexdigest()
        self.answered.read += 1
        if known in self.memory.files:
            self.answered.known += 1
            return
        self.memory.files[known] = name
        letter = read_letter(data)
        if letter is not None:
            self._take_letter(letter)
            return
        found = read(data).interchanges
        if not found:
            self.answered.unreadable.append(name)
        for one in found:
            self._take_interchange(name, one)

    def _take_letter(self, letter: Letter) -> None:
        """Take an appeal or a check; whoever sent the check is the payee whose overpayment it names."""
        self.answered.letters[letter.letter] += 1
        if isinstance(letter, AppealLetter):
            back = appeals.take(letter, self._bench, self.today)
            if back is not None:
                self._write_decision(back)
            return
        key = self.memory.announced.get(letter.reference)
        if key is None:
            self.answered.letters["returned"] += 1
            return
        refund = Refund(reference=letter.reference, cents=letter.cents, received_on=self.today)
        self.memory.accounts[key].refunds.append(refund)

    def _write_decision(self, told: DecisionLetter) -> None:
        self.answered.letters[told.decision] += 1
        self.answered.files[f"{told.decided_on.isoformat()}.{told.claim}.{told.level}.{SUFFIX}"] = written(told)

    @property
    def _bench(self) -> appeals.Bench:
        return appeals.Bench(self.memory, self.pack, self.scenario, self.chance)

    def _take_interchange(self, name: str, one: Interchange) -> None:
        """Acknowledge an interchange; one whose number was used before is refused as a whole."""
        validation = validate(one.write())
        if not validation.interchanges:
            return
        verdict = validation.interchanges[0]
        if verdict.groups and all(group.element(1) == _ANSWERS for group in verdict.groups):
            return
        ends = Ends(verdict.element(8), verdict.element(6), verdict.element(15) == "T")
        stem = f"{name}.{self.memory.next_interchange:09d}"
        key = f"{verdict.element(6)}|{verdict.element(13)}"
        if key in self.memory.interchanges:
            words = ("TA1", verdict.element(13), verdict.element(9), verdict.element(10), "R", _DUPLICATE_NUMBER)
            self.answered.files[f"{stem}.ta1"] = wrapped(self.memory, ends, self.today, [segment(*words)], groups=0)
            return
        memory = self.memory
        control = ControlNumbers(memory.next_interchange, memory.next_group, memory.next_transaction)
        created = datetime(self.today.year, self.today.month, self.today.day, _NOON, tzinfo=UTC)
        try:
            self.answered.files[f"{stem}.999"] = acknowledge(
                validation, control=control, created=created, always_ta1=True
            )
        except NothingToAcknowledgeError:
            return
        memory.next_interchange, memory.next_group = control.interchange, control.group
        memory.next_transaction = control.transaction
        if is_refused(verdict):
            return
        memory.interchanges.append(key)
        accepted = self._accepted(verdict)
        items = transactions(X12File([one]))[0]
        self._take_claims(name, one, items, accepted, ends)
        self._take_inquiries(name, items, accepted, ends)

    def _take_inquiries(
        self, name: str, items: Sequence[TransactionSet], accepted: set[tuple[str, str]], ends: Ends
    ) -> None:
        """Answer the questions of the transactions that the 999 accepts, each transaction by one."""
        desk = Desk(self.memory, self.pack, self.scenario, self.chance, self.today)
        for item in items:
            if (item.group_control_number, item.control_number) not in accepted:
                continue
            words = reference(item)
            stem = f"{name}.{self.memory.next_interchange:09d}"
            if item.kind == ELIGIBILITY:
                told = [(one.who, benefits(one, desk)) for one in eligibility_inquiries(item)]
                count, kind, body = len(told), writer_271.KIND, writer_271.segments(words, told, self.today)
            elif item.kind == STATUS:
                stands = [(one, standing(one, self.memory, self.pack, self.today)) for one in status_inquiries(item)]
                count, kind, body = len(stands), writer_277.KIND, writer_277.segments(words, stands, self.today)
            else:
                continue
            if not count:
                continue
            self.answered.inquiries[item.kind] += count
            self.answered.files[f"{stem}.{kind[1]}"] = interchange(self.memory, ends, self.today, kind, body)

    def _take_claims(
        self,
        name: str,
        one: Interchange,
        items: Sequence[TransactionSet],
        accepted: set[tuple[str, str]],
        ends: Ends,
    ) -> None:
        """Take or return each claim of the transactions that the 999 accepts, and answer them by payer."""
        references = {
            (item.group_control_number, item.control_number): next(
                (part.text(3) for part in item.segments if part.id == "BHT"), ""
            )
            for item in items
        }
        batches: dict[tuple[str, str, str], list[writer_277ca.Received]] = {}
        for claim in claims_of(X12File([one]))[0]:
            key = (claim.group_control, claim.transaction_control, _payer_of(claim)[1])
            if key[:2] in accepted:
                batches.setdefault(key, []).append(self._received(claim, ends))
        for (group, number, _payer), received in batches.items():
            batch = writer_277ca.Batch(
                references.get((group, number), ""), *_payer_of(received[0].claim), ends.sender, received
            )
            stem = f"{name}.{self.memory.next_interchange:09d}"
            body = writer_277ca.segments(batch, self.today)
            self.answered.files[f"{stem}.277"] = interchange(self.memory, ends, self.today, writer_277ca.KIND, body)

    def _accepted(self, verdict: InterchangeVerdict) -> set[tuple[str, str]]:
        """The transactions that are taken, by the numbers of group and transaction."""
        found: set[tuple[str, str]] = set()
        for group in verdict.groups:
            for item in group.transactions:
                if not group.faults.rejecting and item.outcome in {Outcome.ACCEPTED, Outcome.NOTED}:
                    found.add((group.element(6), item.control_number))
                else:
                    self.answered.refused_transactions += 1
        return found

    def _received(self, claim: ParsedClaim, ends: Ends) -> writer_277ca.Received:
        """Take a claim and decide it, or return it."""
        self.answered.claims += 1
        plan = self.pack.plan_of(claim.payer.filing_indicator if claim.payer is not None else "")
        back = returned(claim, plan, self.scenario, self.chance)
        if back is not None:
            status = ":".join(part for part in (back.category, back.status, back.entity) if part)
            self.answered.returned[status] += 1
            member = claim.subscriber.identifier if claim.subscriber is not None else ""
            self.memory.returned[f"{claim.id}|{member}"] = status
            return writer_277ca.Received(claim, returned=back)
        self.answered.taken += 1
        number = f"{self.today:%y%j}{self.memory.next_claim:07d}"
        self.memory.next_claim += 1
        self._know(claim, plan)
        person = _person(claim, plan)
        original = claim.original_reference if plan.accepts_replacement and claim.frequency in {"7", "8"} else ""
        known = self.memory.paid.get(original)
        case = Case(
            claim=claim,
            plan=plan,
            person=person,
            number=number,
            received_on=self.today,
            pack=self.pack,
            scenario=self.scenario,
            chance=self.chance,
            memory=self.memory,
            original=original if known is not None and known.person == person else "",
        )
        decided = decide(case, _payee(claim, ends))
        self.memory.waiting.extend(decided)
        return writer_277ca.Received(claim, number=number)

    def _know(self, claim: ParsedClaim, plan: Plan) -> None:
        """Remember which plan a payer's member has, for whoever asks about it."""
        if claim.payer is not None and claim.subscriber is not None:
            self.memory.members[f"{claim.payer.identifier}|{claim.subscriber.identifier}"] = plan.id

    def pay(self, through: date | None) -> None:
        """Decide what was appealed, pay what is due, and count what waits."""
        for told in appeals.decided_by(self._bench, through):
            self._write_decision(told)
        for payment in payments(self.memory, self.pack, self.scenario, self.chance, through=through):
            self.answered.payments.append(payment)
            payee, paid = payment.payee, payment.remittance
            ends = Ends(payee.payer_identifier or _UNNAMED, payee.sender, payee.is_test)
            day = paid.paid_on or self.today
            body = writer_835.segments(payment)
            name = f"{day.isoformat()}.{paid.trace_number}.835"
            self.answered.files[name] = interchange(self.memory, ends, day, writer_835.KIND, body)
        self.answered.waiting = len(self.memory.waiting)
        self.answered.next_day = min((one.pay_on for one in self.memory.waiting), default=None)


def _payer_of(claim: ParsedClaim) -> tuple[str, str]:
    """The payer's name and identifier as the claim has them."""
    return ("", "") if claim.payer is None else (claim.payer.name, claim.payer.identifier)


def _person(claim: ParsedClaim, plan: Plan) -> str:
    """The payer's key of the patient."""
    member = claim.subscriber.identifier if claim.subscriber is not None else ""
    patient = claim.patient
    if patient is None:
        return person_key(plan, member, None, "")
    return person_key(plan, member, patient.birth_date, patient.given_name)


def _payee(claim: ParsedClaim, ends: Ends) -> Payee:
    """Who is paid for a claim: whoever bills it."""
    name, identifier = _payer_of(claim)
    billing = claim.billing
    return Payee(
        payer_name=name,
        payer_identifier=identifier,
        sender=ends.sender,
        is_test=ends.is_test,
        name=billing.name if billing is not None else "",
        npi=billing.npi if billing is not None else "",
        tax_id=billing.tax_id if billing is not None else "",
    )
