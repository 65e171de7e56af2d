"""Steps of the clinic's own books: what is given up and given back, days that are closed; with those of its bank."""

from __future__ import annotations

from datetime import date, timedelta

from cleanclaim.practice.engine.books.periods import close, reopen
from cleanclaim.practice.engine.follow_up import balance_moves, recoupments, refunds
from cleanclaim.practice.engine.ledger import write_offs
from cleanclaim.practice.engine.ledger.ledger_rows import closed_through
from cleanclaim.practice.engine.ledger.patient_accounts import account_of
from cleanclaim.practice.models import (
    Means,
    Patient,
    PayerAdjustment,
    Period,
    Refund,
    RefundState,
    WriteOff,
    WriteOffState,
)
from cleanclaim.receivables.giving_up import Reason
from cleanclaim.receivables.moving import Reason as Moved
from tests.practice.accounts.any_order import Life, Step
from tests.practice.accounts.bank_steps import bank_list, deposit, match, remove_deposit, unmatch
from tests.practice.accounts.expected_money import PATIENT, Change, together, turned
from tests.practice.accounts.refund_ties import Sent


def _given_up(line: str, who: str, cents: int) -> Change:
    return together({("open", line, who): -cents, ("written", line, ""): cents})


def write_off(life: Life) -> Step | None:
    """Somebody asks to give up what is open of a line: the biller alone up to a limit, the owner any amount."""
    amounts = [one for one in sorted(life.money.amounts) if one[0] == "open"]
    # What a payer has not answered yet, given up and paid after all, is paid too much.
    is_early = life.random.randrange(3) == 0
    found = life.one_of([one for one in amounts if is_early and one[2] != PATIENT] or amounts)
    if found is None:
        return None
    _open, line, who = found
    most = life.money.amounts[found]
    cents = life.random.choice((1, most, most + 1, life.random.randrange(1, max(2, most + 1))))
    cents, alone = (most, True) if is_early else (cents, life.random.randrange(2) == 0)
    user = life.owner if alone else life.biller
    whose = life.money.patient_of[line]
    reason = Reason.CLINIC_ERROR if life.random.randrange(3) else Reason.SMALL_BALANCE
    owed = sum(life.money.owed_by_patient(whose).values()) - life.money.of("credit", whose)
    too_large = owed > 2_500 + sum(life.money.overpaid_by_patient(whose).values())
    is_refused = not 0 < cents <= most or (reason is Reason.SMALL_BALANCE and (who != PATIENT or too_large))
    waits = not alone and cents > 1_500
    change = {} if waits else _given_up(line, who, cents)

    def does() -> None:
        patient = Patient.objects.get(pk=whose)
        write_offs.ask(life.clinic, user, patient, {(line, who): cents}, reason, "Random.", decides_alone=alone)

    def done(_change: Change) -> None:
        row = WriteOff.objects.latest("created_at")
        life.remember("asked" if waits else "written").append((row.pk, line, who, cents))

    return Step(
        does, [change], is_refused=is_refused, may_be_refused=reason is Reason.SMALL_BALANCE, done=done, repeats=False
    )


def decide_write_off(life: Life) -> Step | None:
    """The owner grants or refuses what was asked; what is not open any more is not given up."""
    found = life.one_of(life.remember("asked"))
    if found is None:
        return None
    key, line, who, cents = found
    grant = life.random.randrange(3) > 0
    row = WriteOff.objects.get(pk=key)
    is_small = row.reason == Reason.SMALL_BALANCE.value
    is_refused = grant and cents > life.money.of("open", line, who)

    def done(_change: Change) -> None:
        life.remember("asked").remove(found)
        if grant:
            life.remember("written").append(found)

    return Step(
        lambda: write_offs.decide(life.clinic, life.owner, key, grant=grant),
        [_given_up(line, who, cents) if grant else {}], is_refused=is_refused, may_be_refused=grant and is_small,
        done=done,
    )  # fmt: skip


def take_back(life: Life) -> Step | None:
    """A write-off is taken back: what it gave up is open again."""
    found = life.one_of(life.remember("written"))
    if found is None:
        return None
    key, line, who, cents = found

    def done(_change: Change) -> None:
        life.remember("written").remove(found)
        assert WriteOff.objects.get(pk=key).state == WriteOffState.TAKEN_BACK.value

    change = turned(_given_up(line, who, cents))
    return Step(lambda: write_offs.take_back(life.clinic, life.owner, key), [change], done=done)


def move(life: Life) -> Step | None:
    """A person asks the patient for what stood open to a payer, or the other way; what is open is known to a cent."""
    patient = life.random.choice(life.patients)
    found = balance_moves.movable(life.clinic, account_of(patient.pk))
    for one in found:
        assert one.open_cents == life.money.of("open", one.line.key, one.owed_by)
        assert 0 <= one.cents <= one.open_cents
        assert one.cents == 0 or one.to != PATIENT or not life.money.is_protected(one.line.key)
    chosen = life.one_of([one for one in found if one.cents])
    if chosen is None:
        return None
    cents = life.random.choice((chosen.cents, life.random.randrange(1, chosen.cents + 1), chosen.open_cents + 1))
    reason = Moved.NOT_INSURED if chosen.to == PATIENT else Moved.MISTAKE
    key = (chosen.line.key, chosen.owed_by, chosen.to)
    change: Change = {("open", chosen.line.key, chosen.owed_by): -cents, ("open", chosen.line.key, chosen.to): cents}

    def done(_change: Change) -> None:
        if chosen.to == PATIENT:
            life.money.leave(chosen.line.key, reason.value, cents)
        else:
            life.money.ask_payer(chosen.line.key, cents, reason.value)

    return Step(
        lambda: balance_moves.move(life.clinic, life.biller, patient, {key: cents}, reason, "Random."), [change],
        is_refused=cents > chosen.cents, done=done, repeats=False,
    )  # fmt: skip


def _owed_back(life: Life) -> dict[tuple[str, str, str], int]:
    """What is to be given back, by patient, line and who gets it: what was paid ahead or too much, by whom."""
    found = {}
    for patient in life.patients:
        whose = str(patient.pk)
        found[whose, "", PATIENT] = life.money.of("credit", whose)
        for line in life.money.lines_of(whose):
            found[whose, line, PATIENT] = life.money.wrongly_paid(line)
        found |= {(whose, line, PATIENT): cents for line, cents in life.money.overpaid_by_patient(whose).items()}
    for (what, line, who), cents in life.money.amounts.items():
        if what == "open" and who != PATIENT and cents < 0 and not line.startswith("opening"):
            found[life.money.patient_of[line], line, who] = min(-cents, life.money.of("paid", line, who))
    return {key: cents for key, cents in found.items() if cents > 0}


def note_refund(life: Life) -> Step | None:
    """What is owed back is found, all of it and nothing else; one of it is noted."""
    noted: dict[tuple[str, str, str], int] = {}
    for _key, whose, line, who, cents in life.remember("refunds"):
        noted[whose, line, who] = noted.get((whose, line, who), 0) + cents
    owed = {key: cents - noted.get(key, 0) for key, cents in _owed_back(life).items()}
    owed = {key: cents for key, cents in sorted(owed.items()) if cents > 0}
    shown = [*refunds.found_of_patients(), *refunds.found_of_payers()]
    assert {(str(one.patient), one.line, one.owed_to): one.cents for one in shown} == owed
    ordered = sorted(shown, key=lambda one: (str(one.patient), one.line, one.owed_to))
    item = life.one_of([one for one in ordered if one.owed_to != PATIENT and life.random.randrange(2)] or ordered)
    if item is None:
        return None

    def done(_change: Change) -> None:
        row = Refund.objects.latest("created_at")
        life.remember("refunds").append((row.pk, str(item.patient), item.line, item.owed_to, item.cents))
        life.memory[row.pk] = life.number()

    return Step(
        lambda: refunds.note(life.clinic, life.biller, item, identified_on=life.today), [{}], done=done, repeats=False
    )


def send_refund(life: Life) -> Step | None:
    """What was noted is sent; not where the ledger shows it no longer, nor on a day that is closed."""
    found = life.one_of(life.remember("refunds"))
    if found is None:
        return None
    key, whose, line, who, cents = found
    on = life.today - timedelta(days=life.random.choice((0, 0, 0, 12)))
    closed = closed_through(life.clinic)
    is_refused = cents > _owed_back(life).get((whose, line, who), 0) or (closed is not None and on <= closed)
    change: Change = {("cash", f"refund:{key}", ""): -cents}
    if line:
        change |= {("paid", line, who): -cents, ("open", line, who): cents}
    else:
        change |= {("credit", whose, ""): -cents}

    check = Sent(life.memory[key], key, (line.partition(":")[0], who), line, cents)
    ties = life.ties.copy()
    if who != PATIENT:
        ties.sent(check)
    change = together(change, ties.placed(), turned(life.ties.placed()))

    def done(_change: Change) -> None:
        life.remember("refunds").remove(found)
        if who != PATIENT:
            life.ties.sent(check)
        assert Refund.objects.get(pk=key).state == RefundState.SENT.value

    return Step(
        lambda: refunds.send(life.clinic, life.biller, key, sent_on=on, means=Means.CHECK, reference="1"),
        [change], is_refused=is_refused, done=done,
    )  # fmt: skip


def send_check(life: Life) -> Step | None:
    """A check goes for what a payer announced to take; not more than is announced, nor on a day that is closed."""
    rows = PayerAdjustment.objects.filter(remittance__unposted_at=None).exclude(claim=None).select_related("claim")
    row = life.one_of(list(rows.order_by("created_at", "segment")))
    if row is None:
        return None
    place = (str(row.claim.follows_id or row.claim_id), row.order)
    left, _twice = life.ties.left(place)
    cents = life.random.choice((max(1, left), max(1, left), left + 1))
    on = life.today - timedelta(days=life.random.choice((0, 0, 0, 12)))
    closed = closed_through(life.clinic)
    turn = life.number()

    def fits(change: Change) -> bool:
        cash = [(amount, moved) for amount, moved in change.items() if amount[0] == "cash"]
        return [moved for _amount, moved in cash] == [-cents] and change == {**dict(cash), ("adjusted", "", ""): cents}

    def done(_change: Change) -> None:
        made = Refund.objects.latest("created_at")
        assert (str(made.claim_id), made.owed_to) == place
        life.ties.sent(Sent(turn, made.pk, place, "", cents))

    return Step(
        lambda: recoupments.send_check(
            life.clinic, life.biller, row.pk, cents=cents, sent_on=on, means=Means.CHECK, reference="2"
        ),
        fits=fits, is_refused=cents > left or (closed is not None and on <= closed), done=done, repeats=False,
    )  # fmt: skip


def withdraw_refund(life: Life) -> Step | None:
    """What was noted is withdrawn; no money moves."""
    found = life.one_of(life.remember("refunds"))
    if found is None:
        return None

    def done(_change: Change) -> None:
        life.remember("refunds").remove(found)

    return Step(lambda: refunds.withdraw(life.clinic, life.biller, found[0]), [{}], done=done)


def close_days(life: Life) -> Step:
    """The books are closed up to a day that is over; not up to one that is closed, nor today."""
    ends = life.today - timedelta(days=life.random.randrange(0, 25))
    closed = closed_through(life.clinic)
    is_refused = ends >= life.today or (closed is not None and ends <= closed)
    return Step(lambda: close(life.clinic, life.owner, ends), [{}], is_refused=is_refused)


def open_days(life: Life) -> Step | None:
    """The last days that were closed are opened again; earlier ones are not."""
    rows = list(Period.objects.filter(reopened_at=None).order_by("ends_on"))
    row = life.one_of(rows)
    if row is None:
        return None
    last: date = rows[-1].ends_on
    return Step(lambda: reopen(life.clinic, life.owner, row.pk, "late"), [{}], is_refused=row.ends_on != last)


KINDS = (
    (write_off, 5), (decide_write_off, 2), (take_back, 2), (move, 3), (note_refund, 4), (send_refund, 4), (send_check, 2), (withdraw_refund, 1),
    (deposit, 2), (remove_deposit, 1), (bank_list, 2), (match, 1), (unmatch, 1), (close_days, 1), (open_days, 2),
)  # fmt: skip
