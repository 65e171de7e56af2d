"""Steps between a clinic and its payers: what payers answer and pay, in files and on paper, posted, placed and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace as replaced
from datetime import timedelta
from typing import Any

from cleanclaim.practice.engine.payments.paper import PROCESSED, SENT_ON, Typed, TypedLine, post_paper
from cleanclaim.practice.engine.payments.placing import place
from cleanclaim.practice.engine.payments.remitting import keep_file, post, unpost
from cleanclaim.practice.models import ClaimAnswer, Remittance
from cleanclaim.records import Adjustment, AdjustmentGroup, CoverageOrder
from tests.practice.accounts.any_order import Life, Step
from tests.practice.accounts.claims_steps import bill_next, come_back, dearer, drop, file, replace, void
from tests.practice.accounts.expected_money import Change, together, turned
from tests.practice.accounts.payer_decisions import any_answer, asked_of, chain_of, has_left, plain_answer
from tests.practice.accounts.payer_words import SaidPayment, remittance_file
from tests.practice.accounts.refund_ties import Place
from tests.practice.accounts.remembered_claims import (
    Answer,
    Filed,
    Payment,
    answers_of,
    claims_of,
    leave,
    payments_of,
)

_PLACES = [one.value for one in CoverageOrder]
_REVERSAL = "22"


def pay_claims(life: Life) -> Step | None:
    """A file of one payment or two comes and is posted; the same file again changes nothing."""
    chains: set[Any] = set()
    payments = []
    for _payment in range(1 + (life.random.randrange(8) == 0)):
        answers = []
        for _claim in range(life.random.choice((1, 1, 1, 2, 3))):
            made = any_answer(life)
            # What two claims of one file are asked for would depend on each other.
            if made is not None and made.claim.head not in chains and made.claim.replaces not in chains:
                chains.update((made.claim.head, made.claim.replaces))
                answers.append(made)
        beside, about = _beside(life), _about(life)
        if answers or beside or about:
            on = life.today - timedelta(days=life.random.randrange(0, 25))
            told = [(life.random.choice(("WO", "72")), claim.number, cents) for claim, cents in about]
            said = SaidPayment(f"EFT{life.number():05}", on, [one.said for one in answers], [*beside, *told])
            payments.append(Payment(said, answers, b"", 1, about=about))
    return _post(life, payments) if payments else None


def _beside(life: Life) -> list[tuple[str, str, int]]:
    """What a payer takes from a payment, or adds, for other reasons than its claims: interest and the rest."""
    if life.random.randrange(4):
        return []
    reasons = ("WO", "FB", "L6", "72", "CS", "J1")
    return [
        (
            life.random.choice(reasons),
            f"REF{life.number()}",
            life.random.choice((-1, 1)) * life.random.randrange(1, 4_000),
        )
        for _one in range(life.random.randrange(1, 3))
    ]


def _about(life: Life) -> list[tuple[Filed, int]]:
    """What a payer takes or adds for a claim that it names: announced, taken later, or as much as a check was."""
    if life.random.randrange(3):
        return []
    claims = [one for one in claims_of(life) if one.stands and one.key == one.head and not one.is_void]
    sent = [one for one in life.ties.checks if life.random.randrange(3)]
    named = life.one_of([one for one in claims if any(str(one.key) == check.place[0] for check in sent)] or claims)
    if named is None:
        return []
    cents = life.random.choice([one.cents for one in sent] or [life.random.randrange(1, 4_000)])
    left, _twice = life.ties.left((str(named.key), named.order))
    return [(named, life.random.choice((-cents, -cents, left or cents)))]


def _with_ties(life: Life, raw: Sequence[tuple[Change, Sequence[tuple[Place, int]]]]) -> list[Change]:
    """What each of these payments changes, with what it makes of refunds: answers' changes, and what is told beside."""
    ties, found = life.ties.copy(), []
    for change, beside in raw:
        before = ties.placed()
        ties.paid(change)
        for place_of, cents in beside:
            ties.told(place_of, cents)
        found.append(together(change, ties.placed(), turned(before)))
    return found


def _keep_ties(life: Life, change: Change, beside: Sequence[tuple[Place, int]] = ()) -> None:
    life.ties.paid(change)
    for place_of, cents in beside:
        life.ties.told(place_of, cents)


def pay_on_paper(life: Life) -> Step | None:
    """An answer comes on paper and is typed in; the same part of the check is not posted twice."""
    answer = plain_answer(life)
    if answer is None:
        return None
    number, claim = f"CHK{life.number():05}", answer.claim
    answer.reasons = dict.fromkeys(answer.parts, "2")
    answer.said.lines = [replaced(line, remark="") for line in answer.said.lines]
    on = life.today - timedelta(days=life.random.randrange(0, 25))
    payment = Payment(SaidPayment(number, on, [answer.said]), [answer], b"", 1)
    asked = asked_of(life, claim, answer.order) or {}
    typed = {}
    for place_of, line in enumerate(claim.lines, start=1):
        part, most = answer.parts[line.name], max(0, asked[line.name])
        unpaid = [("CO", "45", part.contract), ("PR", "2", part.left), ("CO", "197", most - part.moved)]
        unpaid.append(("OA", "23", line.charge - most))
        typed[place_of] = TypedLine(
            part.paid, None, tuple(Adjustment(group=AdjustmentGroup(group), reason=why, amount_cents=cents)
            for group, why, cents in unpaid if cents),
        )  # fmt: skip
    place_of_payer = CoverageOrder(answer.order)
    status = (SENT_ON if answer.said.forwarded_to else PROCESSED)[place_of_payer]
    told = Typed(place_of_payer, status, number, on, typed, payer_control_number=answer.said.payer_number)
    payment.change = _of_payment(payment)
    changes = _with_ties(life, [(payment.change, ())])

    def done(_change: Change) -> None:
        _keep_ties(life, payment.change)
        leave(life, answer)
        payment.stands, answer.payment = True, payment
        answers_of(life).append(answer)
        payments_of(life).append(payment)

    return Step(lambda: post_paper(life.clinic, life.biller, claim.key, told), changes, done=done)


def _post(life: Life, payments: list[Payment]) -> Step:
    data = payments[0].data or remittance_file([one.said for one in payments], life.clinic.npi)
    for payment in payments:
        payment.data = data
        payment.change = _of_payment(payment)
        payment.beside = [((str(claim.head), _told_by(life, payment, claim)), cents) for claim, cents in payment.about]
    changes = _with_ties(life, [(payment.change, payment.beside) for payment in payments])

    def does() -> None:
        post(life.clinic, life.biller, keep_file(life.clinic, life.biller, data))
        again = post(life.clinic, life.biller, keep_file(life.clinic, life.biller, data))
        assert (again.posted, again.refused) == ([], [])

    def done(_change: Change) -> None:
        for payment in payments:
            _keep_ties(life, payment.change, payment.beside)
            payment.stands = True
            for answer in payment.answers:
                answer.payment = payment
                leave(life, answer)
                if answer.takes_back is not None and not answer.is_held:
                    answer.takes_back.is_taken_back = True
                answers_of(life).append(answer)
            payments_of(life).append(payment)

    return Step(does, changes, done=done)


def _told_by(life: Life, payment: Payment, claim: Filed) -> str:
    """Whose money it is that a file tells of a claim: its own payer's, unless files tell of another place only."""
    told = [*payment.answers]
    told += [one for one in answers_of(life) if one.payment is not None and one.payment.stands and one.payment.data]
    orders = {one.order for one in told if one.claim.head == claim.head and not one.is_held}
    return claim.order if claim.order in orders else min(orders, key=_PLACES.index, default=claim.order)


def _of_payment(payment: Payment) -> Change:
    beside: list[Change] = []
    for why, _reference, cents in payment.said.beside:
        beside.append({("interest", "", ""): -cents} if why == "L6" else {("adjusted", "", ""): cents})
    cash = {("cash", payment.name, ""): payment.said.amount}
    return together(cash, *beside, *(answer.change for answer in payment.answers))


def unpost_payment(life: Life) -> Step | None:
    """A payment is taken back whole, with what was placed of it; unless a later one takes back what it said."""
    payment = life.one_of([one for one in payments_of(life) if one.stands])
    if payment is None:
        return None
    row = Remittance.objects.get(trace_number=payment.said.trace, unposted_at=None)
    back = [one for one in answers_of(life) if one.takes_back is not None and one.stands and one.payment is not payment]
    mine = [one for one in payment.answers if one.takes_back is None and not one.is_held]
    is_refused = any(one.takes_back is answer for one in back for answer in mine)
    alike = any(
        (one.claim.key, -one.said.paid) == (answer.claim.key, answer.said.paid) for one in back for answer in mine
    )

    gone = turned(payment.change)
    less = [(place_of, -cents) for place_of, cents in payment.beside]

    def done(_change: Change) -> None:
        _keep_ties(life, gone, less)
        payment.stands = False
        for answer in payment.answers:
            leave(life, answer, -1)
            if answer.takes_back is not None and not answer.is_held:
                answer.takes_back.is_taken_back = False

    return Step(
        lambda: unpost(life.clinic, life.biller, row.pk), _with_ties(life, [(gone, less)]), is_refused=is_refused,
        may_be_refused=alike, done=done,
    )  # fmt: skip


def post_again(life: Life) -> Step | None:
    """A payment that was taken back is posted again, where every payer is asked for what it was asked for then."""
    payment = life.one_of([one for one in payments_of(life) if not one.stands])
    if (
        payment is None
        or not payment.data
        or any(one.stands and one.said.trace == payment.said.trace for one in payments_of(life))
    ):
        return None
    if any(one.data == payment.data and one is not payment for one in payments_of(life)):
        return None  # others of its file may stand
    if any(not has_left(life, claim) for claim, _cents in payment.about):
        return None
    answers = []
    for one in payment.answers:
        parts = None if one.takes_back is not None or one.is_held else asked_of(life, one.claim, one.order)
        if (
            parts is None
            or not has_left(life, one.claim)
            or _of_said(one) != parts
            or chain_of(life, one.claim, one.order)
        ):
            return None
        is_held = bool(one.said.stranger)  # though a person has placed it the first time
        answers.append(Answer(one.claim, one.order, one.to, one.parts, one.said, one.reasons, is_held=is_held))
    return _post(life, [Payment(payment.said, answers, payment.data, payment.place + 1, about=payment.about)])


def _of_said(answer: Answer) -> dict[str, int]:
    """What a payer was asked for when it said this: the charge without what it repeats of others."""
    charge = {line.name: line.charge for line in answer.claim.lines}
    by_number = {line.number: line.name for line in answer.claim.lines}
    for place_of, said in enumerate(answer.said.lines):
        name = by_number.get(said.number) or answer.claim.lines[place_of].name
        charge[name] -= sum(cents for group, why, cents in said.unpaid if (group, why) == ("OA", "23"))
    return charge


def place_held(life: Life) -> Step | None:
    """A person puts an answer that is held onto the claim that is meant; one that does not add up stays."""
    held = [
        one
        for one in answers_of(life)
        if one.is_held and one.takes_back is None and one.payment is not None and one.payment.stands
    ]
    answer = life.one_of(
        [one for one in held if one.said.stranger or any(("OA", "94", 7) in line.unpaid for line in one.said.lines)]
    )
    if answer is None or not has_left(life, answer.claim):
        return None
    payment, is_refused = answer.payment, not answer.said.stranger
    if not is_refused and (asked_of(life, answer.claim, answer.order) != _of_said(answer)):
        return None
    rows = ClaimAnswer.objects.filter(payer_control_number=answer.said.payer_number, remittance__unposted_at=None)
    row = rows.exclude(status_code=_REVERSAL).get()
    onto = Answer(answer.claim, answer.order, answer.to, answer.parts, answer.said)
    change = together(onto.change, {("held", "", ""): -answer.said.paid})

    def done(_change: Change) -> None:
        _keep_ties(life, change)
        answer.is_held = False
        leave(life, answer)
        payment.change = together(payment.change, change)

    return Step(
        lambda: place(life.clinic, life.biller, row.pk, answer.claim.number), _with_ties(life, [(change, ())]),
        is_refused=is_refused,
        done=done,
    )  # fmt: skip


KINDS = (
    (file, 8), (pay_claims, 14), (unpost_payment, 2), (post_again, 2), (place_held, 2), (pay_on_paper, 2), (replace, 2), (void, 1),
    (drop, 1), (come_back, 1), (bill_next, 2), (dearer, 1),
)  # fmt: skip
"""With the steps of claims, in the order in which they have always been drawn."""
