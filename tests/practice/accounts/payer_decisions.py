"""What a payer decides, made up line by line out of what it was asked for.

It is asked for the charge where it is the first, and for what the payer before it left to the patient where it is a
later one. So what must change is known before anything is posted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace as replaced

from cleanclaim.practice.models import Claim
from cleanclaim.records import CoverageOrder
from tests.practice.accounts import protected_steps
from tests.practice.accounts.any_order import Life
from tests.practice.accounts.expected_money import PATIENT
from tests.practice.accounts.payer_words import SaidClaim, SaidLine
from tests.practice.accounts.remembered_claims import (
    Answer,
    Filed,
    Line,
    Part,
    answers_of,
    claims_of,
)

_PLACES = [one.value for one in CoverageOrder]
_REVERSAL = "22"


def chain_of(life: Life, claim: Filed, order: str) -> list[Answer]:
    """What the payer of a place has decided on the lines of a claim, and not taken back."""
    return [
        one
        for one in answers_of(life)
        if one.stands and one.takes_back is None and one.claim.head == claim.head and one.order == order
    ]


def asked_of(life: Life, claim: Filed, order: str) -> dict[str, int] | None:
    """What of each line is still for the payer of a place to decide; `None` where nobody has told it."""
    own = chain_of(life, claim, order)
    moved = {line.name: sum(one.parts[line.name].moved for one in own if one.parts) for line in claim.lines}
    if order == _PLACES[0]:
        return {line.name: line.charge - moved[line.name] for line in claim.lines}
    before: list[Answer] = []
    for place_before in _PLACES[: _PLACES.index(order)]:
        before = chain_of(life, claim, place_before) or before
    if not before:
        return None
    return {
        line.name: sum(one.parts[line.name].left for one in before if one.parts) - moved[line.name]
        for line in claim.lines
    }


def _decision(life: Life, claim: Filed, order: str) -> tuple[dict[str, Part], list[tuple[str, str, int]]] | None:
    """What a payer decides on each line, within what it was asked for."""
    asked = asked_of(life, claim, order)
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


def plain_answer(life: Life, *, anew: bool = False) -> Answer | None:
    """A payer decides on a claim; seldom on one that was replaced meanwhile.

    `anew`: it answered before, and decides on the whole charge without taking that back: nobody guesses what it means.
    """
    late = life.random.randrange(12) == 0
    claims = [one for one in claims_of(life) if not one.is_void and (one.stands or (late and has_left(life, one)))]
    if life.random.randrange(4) == 0:
        claims = [one for one in claims if one.later or one.head != one.key] or claims
    claim = life.one_of(claims)
    if claim is None:
        return None
    order = claim.order
    sent_on = [one for one in chain_of(life, claim, order) if one.said.forwarded_to]
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


def has_left(life: Life, claim: Filed) -> bool:
    """Whether a claim that stands no more is still filed, as one that was replaced is; one that came back is not.

    One that came back and was filed anew, perhaps at another price, has left as that.
    """
    last = [one for one in claims_of(life) if one.key == claim.key][-1]
    return last is claim and bool(Claim.objects.filter(pk=claim.key).exclude(batch=None).exists())


def _anew(life: Life, claim: Filed, order: str) -> Answer | None:
    asked = asked_of(life, claim, order)
    own = chain_of(life, claim, order)
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
    standing = [one for one in answers_of(life) if one.stands and one.takes_back is None and has_left(life, one.claim)]
    gone = [one for one in answers_of(life) if not one.stands and one.takes_back is None and not one.said.stranger]
    if gone and life.random.randrange(6) == 0:
        original = life.one_of(gone)
        alike = [
            one for one in standing if one.claim.head == original.claim.head or one.claim.key == original.claim.replaces
        ]
        if any(one.said.paid == original.said.paid for one in standing) or alike or not has_left(life, original.claim):
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
    made = plain_answer(life)
    if made is None:
        return None
    made.said.number = made.said.stranger = f"X{life.number()}"
    made.said.lines = [replaced(line, remark="") for line in made.said.lines]
    made.is_held = True
    return made


def _unbalanced(life: Life) -> Answer | None:
    """An answer whose lines do not add up: it is held, and no person can place it."""
    made = plain_answer(life)
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


def any_answer(life: Life) -> Answer | None:
    """An answer of some kind: mostly plain, sometimes one that turns another, comes anew, or cannot be placed."""
    kinds: list[Callable[[Life], Answer | None]] = [
        *[plain_answer] * 8, *[_reversal] * 3, lambda life: plain_answer(life, anew=True), _stranger, _unbalanced,
    ]  # fmt: skip
    return life.random.choice(kinds)(life)
