"""What an eligibility answer comes to for one discipline: in force, shares, visits allowed and left, who else counts.

Payers answer by the kind of care that they keep: some by physical therapy, some by physical medicine, many by health
benefits in general. The most particular kind that says something of a thing decides. Where it says two different
things, the thing is unknown: a person reads the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from cleanclaim.records.benefits import Benefit, BenefitAnswer
from cleanclaim.reference.eligibility_codes import GENERAL, EligibilityCodes, load_eligibility_codes

_COPAY, _COINSURANCE, _DEDUCTIBLE, _MOST, _LIMIT, _OTHER_PAYER = "B", "A", "C", "G", "F", "R"
_IN_NETWORK = {True: ("Y", "W", "", "U"), False: ("N", "W", "", "U"), None: ("Y", "W", "", "U")}
"""The payer's words on networks that a clinic goes by, the most particular first."""
_LEVELS = ("IND", "")
"""Whose amount counts: the patient's own before the family's, which is never taken for it."""
_YES_NO = {"Y": True, "N": False}


@dataclass(frozen=True, slots=True)
class TherapyBenefits:
    """Benefits of one discipline; `None` and "" are not said. Amounts are cents, shares parts of ten thousand.

    `visits_shared_with` names the kinds of care that the limit of visits counts with this one.
    """

    is_active: bool | None = None
    plan_name: str = ""
    copay_cents: int | None = None
    coinsurance_share: int | None = None
    deductible_cents: int | None = None
    deductible_left_cents: int | None = None
    out_of_pocket_left_cents: int | None = None
    visits_allowed: int | None = None
    visits_remaining: int | None = None
    visits_period: str = ""
    visits_shared_with: tuple[str, ...] = ()
    authorization_needed: bool | None = None
    other_payer_name: str = ""
    other_payer_first: bool | None = None
    is_protected: bool | None = None
    """Whether the member is a Qualified Medicare Beneficiary. An answer that does not speak of it says nothing."""
    used_cents: int | None = None
    """Therapy dollars used of a yearly amount, as far as limit and rest tell."""
    unclear: tuple[str, ...] = ()
    """What the answer says in two different ways, which is therefore unknown here."""

    @property
    def deductible_met_cents(self) -> int | None:
        """What is met of the deductible."""
        if self.deductible_cents is None or self.deductible_left_cents is None:
            return None
        return self.deductible_cents - self.deductible_left_cents


def therapy_benefits(
    answer: BenefitAnswer, *, discipline: str = "PT", in_network: bool | None = None, on: date | None = None
) -> TherapyBenefits:
    """What an answer comes to for one discipline (`PT`, `OT`, `SLP`).

    Args:
        answer: one answer of a payer, for one patient.
        discipline: whose benefits.
        in_network: whether the clinic is in the plan's network; where unknown, the network's benefits are told.
        on: the day it is asked about; benefits that end before or begin after it are passed over.
    """
    codes = load_eligibility_codes()
    return _Reading(answer, discipline, in_network, on, codes).read()


class _Reading:
    """One answer as it is read for one discipline."""

    def __init__(
        self,
        answer: BenefitAnswer,
        discipline: str,
        in_network: bool | None,  # noqa: FBT001 - yes, no, unknown
        on: date | None,
        codes: EligibilityCodes,
    ) -> None:
        self._codes = codes
        self._networks = _IN_NETWORK[in_network]
        self._all = [one for one in answer.benefits if _holds_on(one, on)]
        # Each kind of care by itself, the most particular first; what names no kind is general.
        self._own = codes.service_types[discipline]
        kinds = [*((kind,) for kind in self._own), codes.service_types[GENERAL]]
        self._ranks = [
            [
                one
                for one in self._all
                if set(kind) & set(one.service_types) or (not one.service_types and kind == kinds[-1])
            ]
            for kind in kinds
        ]
        self._unclear: list[str] = []

    def read(self) -> TherapyBenefits:
        """Every thing that the answer says."""
        codes = self._codes
        limit = self._amount("yearly limit", _LIMIT, codes.years)
        rest = self._amount("rest of the yearly limit", _LIMIT, {codes.remaining})
        allowed, shared, period = self._visits(remaining=False)
        left, shared_left, _period = self._visits(remaining=True)
        other, is_first = self._other_payer()
        return TherapyBenefits(
            is_active=self._is_active(),
            plan_name=next((one.plan for one in self._all if one.plan), ""),
            copay_cents=self._amount("copay", _COPAY, {codes.visit, ""}),
            coinsurance_share=self._told("coinsurance", _COINSURANCE, lambda one: one.share),
            deductible_cents=self._amount("deductible", _DEDUCTIBLE, codes.years),
            deductible_left_cents=self._amount("rest of the deductible", _DEDUCTIBLE, {codes.remaining}),
            out_of_pocket_left_cents=self._amount("most that the patient pays", _MOST, {codes.remaining}),
            visits_allowed=allowed,
            visits_remaining=left,
            visits_period=codes.period(period),
            visits_shared_with=tuple(codes.service_type(kind) for kind in shared or shared_left),
            authorization_needed=self._authorization(),
            other_payer_name=other,
            other_payer_first=is_first,
            is_protected=self._is_protected(),
            used_cents=None if limit is None or rest is None else limit - rest,
            unclear=tuple(dict.fromkeys(self._unclear)),
        )

    def _is_active(self) -> bool | None:
        for rank in self._ranks:
            said = {
                known.active
                for one in rank
                if (known := self._codes.benefits.get(one.code)) is not None and known.active is not None
            }
            if said:
                return said.pop() if self._is_one(said, "coverage in force") else None
        return None

    def _is_protected(self) -> bool | None:
        """Said by a benefit's type of insurance, whatever kind of care it is for; a benefit not in force says no."""
        said = {
            known is None or known.active is not False
            for one in self._all
            if one.insurance_type in self._codes.protected
            for known in [self._codes.benefits.get(one.code)]
        }
        if not said:
            return None
        return said.pop() if self._is_one(said, "Qualified Medicare Beneficiary") else None

    def _authorization(self) -> bool | None:
        for rank in self._ranks:
            said = {_YES_NO[one.authorization] for one in self._of_network(rank) if one.authorization in _YES_NO}
            if said:
                return said.pop() if self._is_one(said, "authorization") else None
        return None

    def _amount(self, name: str, code: str, periods: Iterable[str]) -> int | None:
        wanted = set(periods)
        return self._told(name, code, lambda one: one.cents if one.period in wanted else None)

    def _told(self, name: str, code: str, value: Callable[[Benefit], int | None]) -> int | None:
        """What the most particular benefits of a code say; unknown where they say two things."""
        for rank in self._ranks:
            for level in _LEVELS:
                said = {
                    told
                    for one in self._of_network(rank, code=code, level=level, value=value)
                    if (told := value(one)) is not None
                }
                if said:
                    return said.pop() if self._is_one(said, name) else None
        return None

    def _visits(self, *, remaining: bool) -> tuple[int | None, tuple[str, ...], str]:
        """Visits of a limit, what counts with them, and in which time."""
        codes = self._codes
        for rank in self._ranks:
            said: dict[tuple[int, str], tuple[str, ...]] = {}
            for one in self._of_network(rank, code=_LIMIT):
                for count in one.counts:
                    is_rest = count.period == codes.remaining
                    if count.unit == codes.visits and is_rest is remaining:
                        said[count.count, count.period] = self._shared(one)
            if said:
                if not self._is_one({count for count, _period in said}, "visits left" if remaining else "visits"):
                    return None, (), ""
                (number, period), shared = next(iter(said.items()))
                return number, shared, period
        return None, (), ""

    def _shared(self, benefit: Benefit) -> tuple[str, ...]:
        """The other disciplines' kinds of care that stand in the same limit."""
        therapy = [kind for name, kinds in self._codes.service_types.items() if name != GENERAL for kind in kinds]
        return tuple(kind for kind in therapy if kind in benefit.service_types and kind not in self._own)

    def _other_payer(self) -> tuple[str, bool | None]:
        """Another payer that this one names, and whether it comes first, where that is said."""
        for one in self._all:
            if one.code != _OTHER_PAYER:
                continue
            for entity in one.entities:
                if entity.kind in self._codes.payer_kinds:
                    return entity.name, True if entity.kind in self._codes.first_payer_kinds else None
        return "", None

    def _of_network(
        self,
        rank: Sequence[Benefit],
        *,
        code: str = "",
        level: str | None = None,
        value: Callable[[Benefit], int | None] = lambda _one: 0,
    ) -> list[Benefit]:
        """The benefits that hold for the clinic's network: the most particular word on it that is there decides."""
        fitting = [
            one
            for one in rank
            if (not code or one.code == code) and (level is None or one.level == level) and value(one) is not None
        ]
        for network in self._networks:
            found = [one for one in fitting if one.in_network == network]
            if found:
                return found
        return []

    def _is_one(self, said: Collection[object], name: str) -> bool:
        """Whether only one thing is said; where several are, the thing is noted as unclear."""
        if len(said) > 1:
            self._unclear.append(name)
        return len(said) == 1


def _holds_on(benefit: Benefit, on: date | None) -> bool:
    """Whether a benefit's own days, where it has some, hold that day."""
    if on is None:
        return True
    spans = [one for one in benefit.dates if one.begins_on != one.ends_on]
    return not spans or any(one.begins_on <= on <= one.ends_on for one in spans)
