"""Steps between a clinic and its payers: claims that are filed and filed again, and what payers answer and pay.

What a payer decides is made up here, line by line, out of what it was asked for: the charge where it is the first, what
the payer before it left to the patient where it is a later one. So what must change is known before anything is posted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as replaced
from datetime import timedelta
from typing import Any

from cleanclaim.practice.engine.acknowledging import take as take_file
from cleanclaim.practice.engine.coordination import due_claims, make_due
from cleanclaim.practice.engine.filing import drop_answer, release, replace_claim, void_claim
from cleanclaim.practice.engine.paper import PROCESSED, SENT_ON, Typed, TypedLine, post_paper
from cleanclaim.practice.engine.placing import place
from cleanclaim.practice.engine.remitting import keep_file, post, unpost
from cleanclaim.practice.engine.reopening import reopen_rejected
from cleanclaim.practice.models import Charge, Claim, ClaimAnswer, ClaimStatus, Remittance
from cleanclaim.records import Adjustment, AdjustmentGroup, CoverageOrder
from tests.practice.accounts import protected_steps
from tests.practice.accounts.any_order import Life, Step
from tests.practice.accounts.expected_money import PATIENT, Change, charged, decided, together, turned
from tests.practice.accounts.payer_words import SaidClaim, SaidLine, SaidPayment, remittance_file, returned_file
from tests.practice.accounts.refund_ties import Place

_PLACES = [one.value for one in CoverageOrder]
_VOID = "8"
_REVERSAL = "22"


@dataclass(slots=True)
class Line:
    """A line of a claim as it was filed. `name` is what the ledger calls it: the line of the claim that was charged."""

    name: str
    number: str
    code: str
    modifiers: tuple[str, ...]
    units: int
    charge: int


@dataclass(slots=True)
class Filed:
    """A claim that has left: to the payer of which place, on whose lines, and the places of the payers after it."""

    key: Any
    number: str
    head: Any
    order: str
    later: tuple[str, ...]
    lines: list[Line]
    record: dict[str, Any]
    is_void: bool
    replaces: Any
    is_charged: bool = False
    stands: bool = True
    """Not replaced, voided or returned since."""

    @property
    def charge(self) -> Change:
        """What it charges: nothing where another claim was charged for its lines."""
        if self.head != self.key or self.is_void:
            return {}
        return together(*(charged(line.name, self.order, line.charge) for line in self.lines))


@dataclass(slots=True)
class Part:
    """What a payer says of one line, in cents; what is left over of what it was asked for stays open to it."""

    paid: int
    contract: int
    left: int

    @property
    def moved(self) -> int:
        """What it takes out of the open amount."""
        return self.paid + self.contract + self.left


@dataclass(slots=True)
class Answer:
    """What a payer said of one claim, and whether that stands."""

    claim: Filed
    order: str
    to: str
    parts: dict[str, Part]
    said: SaidClaim
    reasons: dict[str, str] = field(default_factory=dict)
    """By line: why it leaves something to the patient (CARC)."""
    takes_back: Answer | None = None
    is_held: bool = False
    is_taken_back: bool = False
    payment: Payment | None = None

    @property
    def stands(self) -> bool:
        """Whether it is posted, and nobody has taken it back."""
        return self.payment is not None and self.payment.stands and not self.is_held and not self.is_taken_back

    @property
    def change(self) -> Change:
        """What posting it changes."""
        if self.is_held:
            return together({("held", "", ""): self.said.paid})
        moved = together(
            *(
                decided(name, self.order, self.to, paid=part.paid, contract=part.contract, left=part.left)
                for name, part in self.parts.items()
            )
        )
        return turned(moved) if self.takes_back is not None else moved


def leave(life: Life, answer: Answer, sign: int = 1) -> None:
    """What an answer leaves to the patient is theirs from now on; with -1 it is not any more."""
    if answer.is_held or answer.to != PATIENT:
        return
    for name, part in answer.parts.items():
        if part.left:
            cents = sign * (-part.left if answer.takes_back is not None else part.left)
            life.money.leave(name, answer.reasons[name], cents)


@dataclass(slots=True)
class Payment:
    """A payment as it is posted: `change` is all that it has changed so far, with what was placed later."""

    said: SaidPayment
    answers: list[Answer]
    data: bytes
    place: int
    stands: bool = False
    change: Change = field(default_factory=dict)
    about: list[tuple[Filed, int]] = field(default_factory=list)
    """What it takes or adds beside claims, by the claim that it names for it."""
    beside: list[tuple[Place, int]] = field(default_factory=list)
    """The same, by the claim that was charged and whose money it is."""

    @property
    def name(self) -> str:
        """What the bank calls it."""
        return f"remittance:{self.said.trace}/{self.place}"


# --- claims ----------------------------------------------------------------------------------------------------------


def file(life: Life) -> Step | None:
    """A claim is filed: it is charged, and the charge of the claim that it answers goes."""
    rows = Claim.objects.filter(status=ClaimStatus.READY.value, gaps=[]).order_by("number")
    if life.random.randrange(4) == 0:
        rows = rows.filter(patient__coverages__order=_PLACES[1]) or rows
    key = life.one_of(list(rows.values_list("pk", flat=True)))
    if key is None:
        return None
    found: list[Filed] = []

    def fits(change: Change) -> bool:
        claim = Claim.objects.select_related("patient").get(pk=key)
        if claim.status != ClaimStatus.SUBMITTED.value:
            return change == {}
        found[:] = [_filed(life, claim)]
        return change == together(found[0].charge, *(turned(one.charge) for one in _answered_by(life, found[0])))

    def done(_change: Change) -> None:
        for one in found:
            for earlier in _answered_by(life, one):
                earlier.is_charged = False
            for earlier in _claims(life):
                if earlier.key in {one.key, one.replaces}:
                    earlier.stands = False
            one.is_charged = bool(one.charge)
            _claims(life).append(one)
            if one.key == one.head:
                patient = str(Claim.objects.get(pk=key).patient_id)
                life.money.patient_of.update((line.name, patient) for line in one.lines)

    return Step(lambda: release(life.clinic, [key], life.biller), fits=fits, done=done)


def _answered_by(life: Life, claim: Filed) -> list[Filed]:
    """The claim that this one replaces or voids, where it is charged."""
    return [one for one in _claims(life) if one.key == claim.replaces and one.is_charged]


def _filed(life: Life, claim: Claim) -> Filed:
    record = claim.record
    order = record["payer"]["order"]
    others = {other["order"] for other in record["other_payers"]}
    head = claim.follows_id or claim.pk
    heads = next((one.lines for one in reversed(_claims(life)) if one.key == head), None)
    names = [f"{claim.pk}:{record['id']}:{line['number']}" for line in record["lines"]]
    if heads is not None and head != claim.pk:
        names = [line.name for line in heads]
    return Filed(
        key=claim.pk,
        number=claim.number,
        head=head,
        order=order,
        later=tuple(one for one in _PLACES[_PLACES.index(order) + 1 :] if one in others),
        lines=[
            Line(
                name,
                line["control_number"],
                line["code"],
                tuple(line["modifiers"]),
                line["units"],
                line["charge_cents"],
            )
            for name, line in zip(names, record["lines"], strict=True)
        ],
        record=record,
        is_void=claim.frequency == _VOID,
        replaces=claim.replaces_id,
    )


def _claims(life: Life) -> list[Filed]:
    return life.remember("claims")


def _standing_claim(life: Life) -> Filed | None:
    found: Filed | None = life.one_of([one for one in _claims(life) if one.stands and not one.is_void])
    return found


def replace(life: Life) -> Step | None:
    """A claim that replaces a filed one is begun; it waits like any other."""
    claim = _standing_claim(life)
    if claim is None:
        return None
    is_begun = _is_answered(claim)

    def done(_change: Change) -> None:
        # As if a person had settled what the check asks about it.
        _answers_to(claim).exclude(status=ClaimStatus.CLOSED.value).update(status=ClaimStatus.READY.value)

    return Step(lambda: replace_claim(life.clinic, claim.key, life.biller, "P1"), [{}], is_refused=is_begun, done=done)


def void(life: Life) -> Step | None:
    """The claim that takes a filed one back is begun."""
    claim = _standing_claim(life)
    if claim is None:
        return None
    return Step(lambda: void_claim(claim.key, life.biller, "P1"), [{}], is_refused=_is_answered(claim))


def drop(life: Life) -> Step | None:
    """A replacement or void is given up; had it left and come back, the claim before it stands again, and is charged."""
    rows = Claim.objects.filter(status=ClaimStatus.READY.value, batch=None).exclude(replaces=None).order_by("number")
    claim = life.one_of(list(rows.only("pk", "replaces")))
    if claim is None:
        return None
    has_left = any(one.key == claim.pk for one in _claims(life))
    earlier = [one for one in _claims(life) if has_left and one.key == claim.replaces_id][-1:]

    def done(_change: Change) -> None:
        for one in earlier:
            one.stands, one.is_charged = True, bool(one.charge)

    return Step(lambda: drop_answer(claim.pk, life.biller), [together(*(one.charge for one in earlier))], done=done)


def _answers_to(claim: Filed) -> Any:
    return Claim.objects.filter(replaces=claim.key)


def _is_answered(claim: Filed) -> bool:
    return bool(_answers_to(claim).exclude(status=ClaimStatus.CLOSED.value).exists())


def come_back(life: Life) -> Step | None:
    """A claim comes back unread, and is opened again: nobody owes it until it is filed anew."""
    answered = {answer.claim.key for answer in _answers(life) if answer.payment is not None and answer.payment.stands}
    claim = life.one_of([one for one in _claims(life) if one.stands and one.key not in answered])
    if claim is None:
        return None
    data = returned_file(claim.number, claim.record, life.number())
    charge = turned(claim.charge) if claim.is_charged else {}

    def does() -> None:
        take_file(life.clinic, life.biller, "returned.277", data)
        reopen_rejected(life.clinic, [claim.key], life.biller)

    def done(_change: Change) -> None:
        claim.stands = claim.is_charged = False
        Claim.objects.filter(pk=claim.key, batch=None).exclude(status=ClaimStatus.READY.value).update(
            status=ClaimStatus.READY.value
        )

    return Step(does, [charge], done=done)


def dearer(life: Life) -> Step:
    """The clinic charges more for a code from now on, or as much as before: claims not filed yet are charged otherwise.

    What has left keeps its charge; what replaces it has the new one.
    """
    row = Charge.objects.filter(code="97110").earliest("valid_from")
    before = life.memory.setdefault("price", row.cents)
    cents = before + 500 if row.cents == before else before

    def does() -> None:
        row.cents = cents
        row.save()

    return Step(does, [{}])


def bill_next(life: Life) -> Step:
    """Claims to next payers are made that are due and were missed; those that a check asks about are settled."""

    def done(_change: Change) -> None:
        waiting = Claim.objects.filter(batch=None).exclude(follows=None).exclude(status=ClaimStatus.CLOSED.value)
        waiting.update(status=ClaimStatus.READY.value)

    return Step(lambda: make_due(life.clinic, life.biller, due_claims()), [{}], done=done)


# --- what payers answer ----------------------------------------------------------------------------------------------


def _answers(life: Life) -> list[Answer]:
    return life.remember("answers")


def _payments(life: Life) -> list[Payment]:
    return life.remember("payments")


def _chain(life: Life, claim: Filed, order: str) -> list[Answer]:
    """What the payer of a place has decided on the lines of a claim, and not taken back."""
    return [
        one
        for one in _answers(life)
        if one.stands and one.takes_back is None and one.claim.head == claim.head and one.order == order
    ]


def _asked(life: Life, claim: Filed, order: str) -> dict[str, int] | None:
    """What of each line is still for the payer of a place to decide; `None` where nobody has told it."""
    own = _chain(life, claim, order)
    moved = {line.name: sum(one.parts[line.name].moved for one in own if one.parts) for line in claim.lines}
    if order == _PLACES[0]:
        return {line.name: line.charge - moved[line.name] for line in claim.lines}
    before: list[Answer] = []
    for place_before in _PLACES[: _PLACES.index(order)]:
        before = _chain(life, claim, place_before) or before
    if not before:
        return None
    return {
        line.name: sum(one.parts[line.name].left for one in before if one.parts) - moved[line.name]
        for line in claim.lines
    }


def _decision(life: Life, claim: Filed, order: str) -> tuple[dict[str, Part], list[tuple[str, str, int]]] | None:
    """What a payer decides on each line, within what it was asked for."""
    asked = _asked(life, claim, order)
    if asked is None:
        return None
    style = life.random.choice(("pays", "pays", "pays", "denies", "in full"))
    parts = {}
    for line in claim.lines:
        most = max(0, asked[line.name])
        first, second, third = {"denies": (0, 0, 0), "in full": (120, 0, 0)}.get(style) or [
            life.random.randrange(0, 41) for _part in range(3)
        ]
        parts[line.name] = Part(most * first // 120, most * second // 120, most * third // 120)
    return parts, [(line.name, "", max(0, asked[line.name])) for line in claim.lines]


def _said(
    life: Life,
    claim: Filed,
    order: str,
    parts: dict[str, Part],
    asked: Sequence[tuple[str, str, int]],
    reasons: dict[str, str],
) -> SaidClaim:
    """A decision as the payer writes it: in parts of a line, under another line's code, or plainly."""
    style = life.random.choice(("plain", "plain", "parts", "bundled"))
    codes = [line.code for line in claim.lines]
    if style == "bundled" and (len(codes) < 2 or len(set(codes)) != len(codes)):
        style = "plain"
    lines: list[SaidLine] = []
    for line, (_name, _why, most) in zip(claim.lines, asked, strict=True):
        part = parts[line.name]
        stays = most - part.moved
        unpaid = [("CO", "45", part.contract), ("PR", reasons[line.name], part.left)]
        unpaid += [("CO", life.random.choice(("16", "50", "197")), stays), ("OA", "23", line.charge - most)]
        kept = [one for one in unpaid if one[2]]
        if style == "parts" and line.charge > 1:
            lines += _in_parts(life, line, part.paid, kept)
        elif style == "bundled" and line is not claim.lines[0]:
            billed = ":".join((line.code, *line.modifiers))
            first = claim.lines[0]
            lines.append(
                SaidLine(first.code, first.modifiers, line.units, line.charge, part.paid, tuple(kept), billed=billed)
            )
        else:
            told = "" if style == "bundled" else line.number
            lines.append(SaidLine(line.code, line.modifiers, line.units, line.charge, part.paid, tuple(kept), told))
    status = {"primary": "1", "secondary": "2", "tertiary": "3"}[order]
    return SaidClaim(claim.number, f"PCN{life.number()}", claim.record, lines, status)


def _in_parts(life: Life, line: Line, paid: int, unpaid: Sequence[tuple[str, str, int]]) -> list[SaidLine]:
    """A line that is answered in two: each part is paid and explained to its own charge."""
    first = life.random.randrange(1, line.charge)
    room, found = first, []
    amounts = [("", "", paid), *unpaid]
    for charge in (first, line.charge - first):
        room, taken = charge, []
        for place_of, (group, why, cents) in enumerate(amounts):
            part = min(room, cents)
            room -= part
            amounts[place_of] = (group, why, cents - part)
            taken.append((group, why, part))
        told = tuple(one for one in taken[1:] if one[2])
        found.append(SaidLine(line.code, line.modifiers, 1, charge, taken[0][2], told, line.number))
    return found


def _plain_answer(life: Life, *, anew: bool = False) -> Answer | None:
    """A payer decides on a claim; seldom on one that was replaced meanwhile.

    `anew`: it answered before, and decides on the whole charge without taking that back: nobody guesses what it means.
    """
    late = life.random.randrange(12) == 0
    claims = [one for one in _claims(life) if not one.is_void and (one.stands or (late and _has_left(life, one)))]
    if life.random.randrange(4) == 0:
        claims = [one for one in claims if one.later or one.head != one.key] or claims
    claim = life.one_of(claims)
    if claim is None:
        return None
    order = claim.order
    sent_on = [one for one in _chain(life, claim, order) if one.said.forwarded_to]
    if sent_on and claim.later and life.random.randrange(2):
        order = claim.later[0]
    if anew:
        return _anew(life, claim, order)
    found = _decision(life, claim, order)
    if found is None:
        return None
    parts, asked = found
    reasons = _why_left(life, claim)
    said = _said(life, claim, order, parts, asked, reasons)
    protected_steps.remark(life, said, claim, order)
    later = [one for one in claim.later if _PLACES.index(one) > _PLACES.index(order)]
    if order == claim.order and later and life.random.randrange(4) == 0:
        said.status, said.forwarded_to = {"primary": "19", "secondary": "20", "tertiary": "21"}[order], "ANOTHER PAYER"
    return Answer(claim, order, later[0] if later else PATIENT, parts, said, reasons)


def _why_left(life: Life, claim: Filed) -> dict[str, str]:
    """Why a payer leaves something to the patient, by line: cost sharing, or that it does not cover the service."""
    return {line.name: life.random.choice(("1", "2", "3", "2", "96")) for line in claim.lines}


def _has_left(life: Life, claim: Filed) -> bool:
    """Whether a claim that stands no more is still filed, as one that was replaced is; one that came back is not.

    One that came back and was filed anew, perhaps at another price, has left as that.
    """
    last = [one for one in _claims(life) if one.key == claim.key][-1]
    return last is claim and bool(Claim.objects.filter(pk=claim.key).exclude(batch=None).exists())


def _anew(life: Life, claim: Filed, order: str) -> Answer | None:
    asked = _asked(life, claim, order)
    own = _chain(life, claim, order)
    again = {
        line.name: asked is not None and bool(sum(one.parts[line.name].moved for one in own if one.parts))
        for line in claim.lines
    }
    if asked is None or not any(again.values()):
        return None
    parts = {}
    for line in claim.lines:
        least = max(0, asked[line.name]) + 1 if again[line.name] else 0
        if least > line.charge:
            return None
        parts[line.name] = Part(life.random.randrange(least, line.charge + 1), 0, 0)
    reasons = _why_left(life, claim)
    said = _said(life, claim, order, parts, [(line.name, "", line.charge) for line in claim.lines], reasons)
    return Answer(claim, order, PATIENT, parts, said, reasons, is_held=True)


def _reversal(life: Life) -> Answer | None:
    """A payer takes back what it said; or, seldom, what does not stand here, which is held."""
    standing = [one for one in _answers(life) if one.stands and one.takes_back is None and _has_left(life, one.claim)]
    gone = [one for one in _answers(life) if not one.stands and one.takes_back is None and not one.said.stranger]
    if gone and life.random.randrange(6) == 0:
        original = life.one_of(gone)
        alike = [
            one for one in standing if one.claim.head == original.claim.head or one.claim.key == original.claim.replaces
        ]
        if any(one.said.paid == original.said.paid for one in standing) or alike or not _has_left(life, original.claim):
            return None
    else:
        checked = {one.line for one in life.ties.checks}
        meets = [one for one in standing if life.random.randrange(2) and checked.intersection(one.parts)]
        original = life.one_of(meets or standing)
    if original is None:
        return None
    was = original.said
    said = SaidClaim(was.number, was.payer_number, was.record, was.lines, _REVERSAL, -1)
    return Answer(
        original.claim, original.order, original.to, original.parts, said, original.reasons, takes_back=original,
        is_held=not original.stands,
    )  # fmt: skip


def _stranger(life: Life) -> Answer | None:
    """An answer with a number and a patient that nobody knows: it is held, and may be placed by a person."""
    made = _plain_answer(life)
    if made is None:
        return None
    made.said.number = made.said.stranger = f"X{life.number()}"
    made.said.lines = [replaced(line, remark="") for line in made.said.lines]
    made.is_held = True
    return made


def _unbalanced(life: Life) -> Answer | None:
    """An answer whose lines do not add up: it is held, and no person can place it."""
    made = _plain_answer(life)
    if made is None:
        return None
    first = made.said.lines[0]
    off = SaidLine(
        first.code, first.modifiers, first.units, first.charge, first.paid, (*first.unpaid, ("OA", "94", 7)),
        first.number, first.billed,
    )  # fmt: skip
    made.said.lines = [off, *(replaced(line, remark="") for line in made.said.lines[1:])]
    made.is_held = True
    return made


def _answer(life: Life) -> Answer | None:
    kinds: list[Callable[[Life], Answer | None]] = [
        *[_plain_answer] * 8, *[_reversal] * 3, lambda life: _plain_answer(life, anew=True), _stranger, _unbalanced,
    ]  # fmt: skip
    return life.random.choice(kinds)(life)


def pay_claims(life: Life) -> Step | None:
    """A file of one payment or two comes and is posted; the same file again changes nothing."""
    chains: set[Any] = set()
    payments = []
    for _payment in range(1 + (life.random.randrange(8) == 0)):
        answers = []
        for _claim in range(life.random.choice((1, 1, 1, 2, 3))):
            made = _answer(life)
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
    claims = [one for one in _claims(life) if one.stands and one.key == one.head and not one.is_void]
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
    answer = _plain_answer(life)
    if answer is None:
        return None
    number, claim = f"CHK{life.number():05}", answer.claim
    answer.reasons = dict.fromkeys(answer.parts, "2")
    answer.said.lines = [replaced(line, remark="") for line in answer.said.lines]
    on = life.today - timedelta(days=life.random.randrange(0, 25))
    payment = Payment(SaidPayment(number, on, [answer.said]), [answer], b"", 1)
    asked = _asked(life, claim, answer.order) or {}
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
        _answers(life).append(answer)
        _payments(life).append(payment)

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
                _answers(life).append(answer)
            _payments(life).append(payment)

    return Step(does, changes, done=done)


def _told_by(life: Life, payment: Payment, claim: Filed) -> str:
    """Whose money it is that a file tells of a claim: its own payer's, unless files tell of another place only."""
    told = [*payment.answers]
    told += [one for one in _answers(life) if one.payment is not None and one.payment.stands and one.payment.data]
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
    payment = life.one_of([one for one in _payments(life) if one.stands])
    if payment is None:
        return None
    row = Remittance.objects.get(trace_number=payment.said.trace, unposted_at=None)
    back = [one for one in _answers(life) if one.takes_back is not None and one.stands and one.payment is not payment]
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
    payment = life.one_of([one for one in _payments(life) if not one.stands])
    if (
        payment is None
        or not payment.data
        or any(one.stands and one.said.trace == payment.said.trace for one in _payments(life))
    ):
        return None
    if any(one.data == payment.data and one is not payment for one in _payments(life)):
        return None  # others of its file may stand
    if any(not _has_left(life, claim) for claim, _cents in payment.about):
        return None
    answers = []
    for one in payment.answers:
        parts = None if one.takes_back is not None or one.is_held else _asked(life, one.claim, one.order)
        if (
            parts is None
            or not _has_left(life, one.claim)
            or _of_said(one) != parts
            or _chain(life, one.claim, one.order)
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
        for one in _answers(life)
        if one.is_held and one.takes_back is None and one.payment is not None and one.payment.stands
    ]
    answer = life.one_of(
        [one for one in held if one.said.stranger or any(("OA", "94", 7) in line.unpaid for line in one.said.lines)]
    )
    if answer is None or not _has_left(life, answer.claim):
        return None
    payment, is_refused = answer.payment, not answer.said.stranger
    if not is_refused and (_asked(life, answer.claim, answer.order) != _of_said(answer)):
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
