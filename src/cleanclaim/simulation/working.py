"""What a desk does about a claim that came back: sets right what somebody finds wrong, or closes it with a reason.

A claim that the front end returned never reached the payer: it goes out again under its number. A denied one goes out
as a replacement where the payer takes replacements, else its denied lines go out as a new claim; both speak of the
lines that were charged, so nothing is charged twice. Where nothing can be set right a desk appeals (`appealing`), or
sends the same claim once more and hopes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from cleanclaim.records import Claim, ClaimLine, CoverageOrder, Frequency, Patient
from cleanclaim.reference import payers
from cleanclaim.simulation.books import Books
from cleanclaim.simulation.draws import Draws
from cleanclaim.simulation.material import packs, population
from cleanclaim.simulation.traffic import Denied, Sent
from cleanclaim.simulation.year import Truth

BUNDLED = "bundled"
DUPLICATE = "duplicate"
TIMELY = "timely_filing"
_PAIR, _MODIFIER, _AUTHORIZATION, _TWICE, _LATE, _IN_PACKAGE = "236", "4", "197", "18", "29", "97"
_ATTEMPTS = 2


def corrected_return(one: Sent, truth: Truth, seed: int, friday: date) -> Sent | None:
    """A returned claim with the member number as the card has it; `None` where it is not worked or nothing is found."""
    days = days_of_work(one, seed)
    right = truth.mended_patients.get(truth.patient_of[one.key])
    if days is None or right is None or one.attempt >= _ATTEMPTS or not right.coverages:
        return None
    number = right.coverages[0].member_id
    if number == one.claim.payer.member_id:
        return None
    claim = one.claim.model_copy(update={"payer": one.claim.payer.model_copy(update={"member_id": number})})
    return replace(one, claim=claim, filed_on=friday + timedelta(days=days), attempt=one.attempt + 1, returned="")


def corrected_denial(denials: list[Denied], truth: Truth, seed: int, friday: date, books: Books) -> Sent | None:
    """What goes out again after lines of one claim were denied; `None` where nothing does.

    True duplicates, claims that came too late, and what a package rate of the contract leaves are given up, with their
    reason.
    """
    one = denials[0].sent
    days = days_of_work(one, seed)
    if days is None or denials[0].order is not CoverageOrder.PRIMARY:
        return None
    day = friday + timedelta(days=days)
    changed: dict[int, ClaimLine] = {}
    authorization = one.claim.prior_authorization
    for denied in denials:
        number = int(denied.line.rpartition(":")[2])
        line = next(item for item in one.claim.lines if item.number == number)
        reason = _given_up(denied, denials, truth)
        if reason:
            books.give_up(denied.line, CoverageOrder.PRIMARY.value, friday, reason)
        elif denied.reason == _MODIFIER and not {"GP", "GO", "GN"} & set(line.modifiers):
            changed[number] = _with(line, "GP")
        elif denied.reason == _PAIR and _was_apart(one, truth, seed) and "59" not in line.modifiers:
            changed[number] = _with(line, "59")
        elif denied.reason == _AUTHORIZATION and not one.claim.prior_authorization:
            authorization = _approval(one, truth) or authorization
    if one.attempt >= _ATTEMPTS or (not changed and authorization == one.claim.prior_authorization):
        return None
    update: dict[str, object] = {"id": f"{one.head}R{one.attempt}", "prior_authorization": authorization}
    update["lines"] = tuple(changed.get(line.number, line) for line in one.claim.lines)
    claim = one.claim.model_copy(update=update)
    if _takes_replacements(one.claim, one.claim.lines[0].date_of_service):
        claim = claim.model_copy(update={"frequency": Frequency.REPLACEMENT, "original_reference": one.payer_number})
    else:
        own = {int(denied.line.rpartition(":")[2]) for denied in denials}
        claim = claim.model_copy(update={"lines": tuple(line for line in claim.lines if line.number in own)})
    return replace(one, claim=claim, filed_on=day, attempt=one.attempt + 1, answers=0, payer_number="")


def sent_unchanged(denials: list[Denied], seed: int, friday: date) -> Sent | None:
    """The same claim once more, as it was: what some people do with a denial that they cannot mend; `None` if not."""
    one = denials[0].sent
    days = days_of_work(one, seed)
    hopes = Draws(seed, "sends again", one.key).happens(population().habits.sends_again_unchanged)
    if days is None or not hopes or one.attempt >= _ATTEMPTS or denials[0].order is not CoverageOrder.PRIMARY:
        return None
    update = {"id": f"{one.head}R{one.attempt}", "frequency": Frequency.ORIGINAL, "original_reference": ""}
    claim = one.claim.model_copy(update=update)
    day = friday + timedelta(days=days)
    return replace(
        one, claim=claim, filed_on=day, attempt=one.attempt + 1, answers=0, payer_number="", is_unchanged=True
    )


def _given_up(denied: Denied, beside: list[Denied], truth: Truth) -> str:
    """Why a denied line is given up; "" where it is not. `beside` are all denials of its claim, itself among them."""
    if denied.reason == _LATE:
        return TIMELY
    if denied.reason == _TWICE and denied.sent.key in truth.gone:
        return DUPLICATE
    return BUNDLED if all(one.reason == _IN_PACKAGE for one in beside) else ""


def by_claim(denials: Iterable[Denied]) -> Mapping[str, list[Denied]]:
    """Denials of one week by the claim they are of."""
    found: dict[str, list[Denied]] = {}
    for denied in denials:
        found.setdefault(denied.sent.claim.id, []).append(denied)
    return found


def days_of_work(one: Sent, seed: int) -> int | None:
    """In how many days a claim that came back is worked; `None` where it is left lying."""
    habits, draw = population().habits, Draws(seed, "working", one.key)
    return draw.between(*habits.work_days) if draw.happens(habits.works_denials) else None


def _was_apart(one: Sent, truth: Truth, seed: int) -> bool:
    """Whether somebody can say truthfully that the services of a visit were at separate times."""
    remembers = Draws(seed, "remembers", one.key).happens(population().habits.remembers_times)
    return one.key in truth.apart or remembers


def _approval(one: Sent, truth: Truth) -> str:
    """The number under which the payer had approved the visit, or approves it afterwards; "" where it does not."""
    right: Patient | None = truth.mended_patients.get(truth.patient_of[one.key])
    if right is None or not right.coverages:
        return ""
    day = one.claim.lines[0].date_of_service
    for approval in right.coverages[0].authorizations or ():
        begins, ends = approval.valid_from or date.min, approval.valid_through or date.max
        if begins <= day <= ends:
            return approval.number
    return ""


def _takes_replacements(claim: Claim, day: date) -> bool:
    found = payers.setting(claim.payer.pack, "accepts_frequency_codes", day, packs().values())
    return found.value is not None and Frequency.REPLACEMENT.value in found.value


def _with(line: ClaimLine, modifier: str) -> ClaimLine:
    return line.model_copy(update={"modifiers": (*line.modifiers, modifier)})
