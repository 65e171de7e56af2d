"""What is done about a denial: whose doing it was, the way to the money, by when, and whether an appeal can win it.

The reason's own entry says what is usual; a remark may decide over it; the payer's file says how a claim is sent again
and how a decision is disputed; the pair edits say whether a modifier could part two codes at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from cleanclaim.denials.deadlines import NONE, UNKNOWN, Deadline, of_filing, of_reopening, of_step
from cleanclaim.denials.refused import Denial, Reason
from cleanclaim.denials.terms import AppealStep, Terms
from cleanclaim.records.adjudication import AdjustmentGroup
from cleanclaim.records.claim import Frequency
from cleanclaim.reference import contractual_adjustments, denials, modifiers, ncci, patient_reasons
from cleanclaim.reference.denials import Chance, DenialCause, Handling, Route
from cleanclaim.reference.modifiers import ModifierFamily

_NCCI = "ncci_practitioner"
_WITH_NOTICES = frozenset({"medicare_b"})
"""Kinds of payers whose lines speak of advance notices."""


_UNEXPECTED = {
    AdjustmentGroup.PAYER: (
        Route.APPEAL,
        Chance.FAIR,
        "The payer cut it without a contract that says so: ask by which right, and dispute it.",
    ),
    AdjustmentGroup.PATIENT: (
        Route.PATIENT,
        Chance.POOR,
        "Above what the plan allows, and left to the patient: only outside its network, where no law forbids it.",
    ),
    AdjustmentGroup.OTHER: (
        Route.STATUS,
        Chance.FAIR,
        "Neither given up by contract nor paid by an earlier payer that we know: ask the payer what it means.",
    ),
}
"""What is done about a reason at which nothing is usually wrong, where its amount is open all the same, by group."""

_NO_BALANCE = (
    Route.STATUS,
    Chance.POOR,
    "No patient of this payer may be billed above what it allows: have it name group CO instead, and ask nobody.",
)
"""The same of what is above the fee and left to the patient, where a payer's patients may not be billed for it."""


class Sending(StrEnum):
    """How a mended claim goes out to this payer."""

    REPLACEMENT = "replacement"
    """Frequency 7, with the payer's number of the claim."""
    ORIGINAL = "original"
    """A new claim: the payer has decided nothing, or takes no replacements."""
    REOPENING = "reopening"
    """No claim at all: a request to reopen the decision."""
    UNKNOWN = "unknown"
    """Nobody has read whether the payer takes replacements: ask it."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known around a denial.

    `notice_on` is the day of the remittance, `file_by` the last day of filing the claim; `codes` are the procedure
    codes of the claim on the line's day.
    """

    terms: Terms
    notice_on: date
    file_by: date | None
    codes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Strategy:
    """What is done about one denial. `handling` is the entry that decides, `None` where the code has none.

    `never_because` says why an appeal cannot win; it is empty where one can. `step` is the first step of appeal, where
    the payer's file tells it.
    """

    handling: Handling | None
    cause: DenialCause
    route: Route
    chance: Chance
    because: str
    never_because: str
    sending: Sending | None
    step: AppealStep | None
    deadline: Deadline

    @property
    def may_appeal(self) -> bool:
        """Whether an appeal can win it."""
        return not self.never_because


def strategy_of(denial: Denial, around: Circumstances) -> Strategy:
    """What is done about a denial, by the reason that took the most."""
    made = _barred(_routed(_decided(denial, around), denial.main, around), denial.main)
    return _with_deadline(_noticed(made, denial, around), around)


def handling_of(reason: Reason, payer_kind: str | None) -> Handling | None:
    """The entry that decides: a remark that decides over any reason, the reason's own, or the remark it points to."""
    remarks = [found for code in reason.remarks if (found := denials.rarc(code)) is not None]
    deciding = next((item for item in remarks if item.decides), None)
    if deciding is not None:
        return deciding.for_payer(payer_kind)
    own = denials.carc(reason.carc)
    if own is None or own.route is Route.REMARK:
        own = next((item for item in remarks if item.route is not Route.NOTHING), own)
    return None if own is None else own.for_payer(payer_kind)


def _decided(denial: Denial, around: Circumstances) -> Strategy:
    """What the entry says, and what the pair edits say to it."""
    found = handling_of(denial.main, around.terms.kind)
    if found is None:
        because = "This reason is not in our list: read the payer's own words beside it, and call the payer."
        made = Strategy(None, DenialCause.PAYER, Route.APPEAL, Chance.POOR, because, "", None, None, UNKNOWN)
    else:
        made = Strategy(
            found, found.cause, found.route, found.chance, found.because, found.never_because, None, None, UNKNOWN
        )
    if made.route is Route.REMARK:
        made = replace(made, route=Route.STATUS, because="The remark that decides is not told: ask the payer for it.")
    if found is not None and found.is_pair:
        made = _paired(made, denial, around)
    return made


def _paired(made: Strategy, denial: Denial, around: Circumstances) -> Strategy:
    """What is left to do about two codes that an edit pairs."""
    line = denial.line
    for other in around.codes:
        may_part = _may_part(other, line.code, line.date_of_service, around.terms)
        if other == line.code or may_part is None:
            continue
        if not may_part:
            because = f"{line.code} is part of {other}, and no modifier parts them: write it off."
            never = f"no modifier parts {line.code} from {other}"
            return replace(made, route=Route.GIVE_UP, chance=Chance.NONE, because=because, never_because=never)
        if any(_parts(one) for one in line.modifiers):
            because = f"{line.code} has its modifier beside {other}: send the note that shows two services."
            return replace(made, route=Route.APPEAL, because=because)
        because = f"Won by 59 or an X modifier where {line.code} was distinct from {other} and the note shows it."
        return replace(made, because=because)
    return made


def _parts(modifier: str) -> bool:
    """Whether a modifier says that a service was distinct from another of the day."""
    found = modifiers.get(modifier)
    return found is not None and found.family is ModifierFamily.DISTINCT


def _may_part(first: str, second: str, day: date, terms: Terms) -> bool | None:
    """Whether a modifier lets the second code be paid beside the first; `None` where no edit pairs them."""
    for row in terms.own_pairs:
        if (row["column_1"], row["column_2"]) == (first, second):
            return bool(row["bypass_allowed"])
    edit = ncci.find(first, second, day) if terms.pair_edits == _NCCI else None
    return None if edit is None or edit.column_2 != second else edit.modifier_indicator == 1


def _routed(made: Strategy, reason: Reason, around: Circumstances) -> Strategy:
    """The route as this payer walks it."""
    route, terms = made.route, around.terms
    is_repeated = contractual_adjustments.repeats_an_earlier_payer(reason.carc)
    group = AdjustmentGroup.OTHER if is_repeated else reason.group
    if route is Route.NOTHING and (told := _UNEXPECTED.get(group)) is not None:
        # Expected is it where a contract, the law or an earlier payer takes it; this amount is open all the same.
        way, chance, because = (
            _NO_BALANCE if group is AdjustmentGroup.PATIENT and terms.balance_billing is False else told
        )
        return replace(made, route=way, chance=chance, because=because, never_because="")
    if route is Route.PATIENT and reason.group is not AdjustmentGroup.PATIENT:
        because = f"Group {reason.group.value}: the patient may not be billed. {made.because}"
        return replace(made, route=Route.APPEAL if made.may_appeal else Route.GIVE_UP, because=because)
    if route in {Route.CORRECT, Route.AUTHORIZATION, Route.ENROLLMENT}:
        sending = _sending(terms)
        if sending is Sending.REOPENING and route is Route.CORRECT:
            return replace(made, route=Route.REOPENING, sending=sending)
        return replace(made, sending=sending)
    if route is Route.REOPENING:
        return replace(made, sending=Sending.REOPENING)
    if route is Route.NEW_CLAIM:
        return replace(made, sending=Sending.ORIGINAL)
    return made


def _barred(made: Strategy, reason: Reason) -> Strategy:
    """What is left where the payer itself says that its decision may not be appealed."""
    bar = next((found for code in reason.remarks if (found := denials.rarc(code)) and found.bars_appeal), None)
    if bar is None or not made.may_appeal:
        return made
    if made.route not in {Route.APPEAL, Route.RECORDS}:
        return replace(made, never_because=bar.never_because)
    because = f"{bar.because} Ask what it takes instead: a corrected claim, or a reopening."
    return replace(made, route=Route.STATUS, chance=Chance.POOR, because=because, never_because=bar.never_because)


def _noticed(made: Strategy, denial: Denial, around: Circumstances) -> Strategy:
    """What the line said of an advance notice decides who bears a denial, whatever group the payer named.

    A payer that says the other thing is to be looked at: the patient of a line with GZ owes nothing, and a line with GA
    or GY is not the clinic's to bear.
    """
    told = [found for one in denial.line.modifiers if (found := modifiers.get(one)) is not None]
    codes = {found.code for found in told if found.family is ModifierFamily.ABN}
    is_of_notice = denial.main.carc in patient_reasons.not_covered()
    if not codes or not is_of_notice or around.terms.kind not in _WITH_NOTICES:
        return made
    is_patients = denial.main.group is AdjustmentGroup.PATIENT
    if "GZ" in codes:
        because = "GZ said that no notice was signed: the clinic bears it."
        if is_patients:
            because = f"The payer names the patient, against the claim. {because} Never ask the patient."
        never = "the claim itself said that a denial was expected and that no notice was signed"
        return replace(
            made, route=Route.GIVE_UP, chance=Chance.NONE, because=because, never_because=never, sending=None
        )
    carried = "GA" if "GA" in codes else "GY"
    if is_patients:
        because = f"{carried}: the patient was told before care or the law leaves it to them. They may appeal."
        return replace(made, route=Route.PATIENT, because=because, sending=None)
    because = f"The payer leaves to the clinic what {carried} gives to the patient: have it correct its decision."
    return replace(made, route=Route.REOPENING, chance=Chance.FAIR, because=because, sending=Sending.REOPENING)


def _sending(terms: Terms) -> Sending:
    if terms.is_medicare:
        return Sending.REOPENING
    if terms.accepts is None:
        return Sending.UNKNOWN
    return Sending.REPLACEMENT if Frequency.REPLACEMENT.value in terms.accepts else Sending.ORIGINAL


def _with_deadline(made: Strategy, around: Circumstances) -> Strategy:
    """The last day of the route, and the first step of appeal where one can win."""
    step = around.terms.steps[0] if around.terms.steps and made.may_appeal else None
    appeal = of_step(step, around.notice_on) if step is not None else UNKNOWN
    by_route = {
        Route.CORRECT: of_filing(around.file_by),
        Route.NEW_CLAIM: of_filing(around.file_by),
        Route.AUTHORIZATION: of_filing(around.file_by),
        Route.ENROLLMENT: of_filing(around.file_by),
        Route.ASK_PATIENT: of_filing(around.file_by),
        Route.STATUS: of_filing(around.file_by),
        Route.OTHER_PAYER: Deadline(None, "the other payer's filing limit: look it up"),
        Route.REOPENING: of_reopening(around.notice_on),
        Route.APPEAL: appeal if made.may_appeal else NONE,
        Route.RECORDS: appeal,
    }
    return replace(made, step=step, deadline=by_route.get(made.route, NONE))
