"""The answer to an eligibility inquiry (271, 005010X279A1).

Visits are told in one of two ways, as payers do: in the benefit itself (EB with a count), or in a delivery of services
beneath it (HSD). Benefits that disciplines share name all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from cleanclaim.money import Cents, plain
from cleanclaim.payer_sim.chance import WHOLE
from cleanclaim.payer_sim.eligibility import GENERAL, TOLD_AS, Benefits, Group, Refused
from cleanclaim.payer_sim.envelope import REPETITION, Segment, eight, value
from cleanclaim.payer_sim.inquiries import Asked, Party
from cleanclaim.payer_sim.pack import Plan

KIND = ("HB", "271", "005010X279A1")
_YEAR, _VISIT, _REMAINING = "23", "27", "29"
_LONGEST_LABEL = 50


def segments(reference: str, answers: Sequence[tuple[Asked, Benefits | Refused]], day: date) -> list[Segment]:
    """The transaction between its header and its trailer: one subscriber level for each question."""
    found: list[Segment] = [("BHT", "0022", "11", value(reference, 50) or "0", eight(day), "1200")]
    level = 0
    for (payer, receiver), asked in _by_ends(answers):
        source, level = level + 1, level + 2
        found.append(("HL", str(source), "", "20", "1"))
        found.append(_named("PR", payer, "PI", "SIMULATED PAYER"))
        found.append(("HL", str(level), str(source), "21", "1"))
        found.append(_named("1P", receiver, "XX", "PROVIDER"))
        above = level
        for who, answer in asked:
            level += 1
            has_dependent = who.dependent is not None
            found.append(("HL", str(level), str(above), "22", "1" if has_dependent else "0"))
            if has_dependent:
                found.append(_member(who.subscriber))
                found.append(("HL", str(level + 1), str(level), "23", "0"))
                level += 1
            found.extend(_answer(who, answer))
    return found


def _by_ends(
    answers: Sequence[tuple[Asked, Benefits | Refused]],
) -> list[tuple[tuple[Party, Party], list[tuple[Asked, Benefits | Refused]]]]:
    """The answers by who is asked and who asks, in the order in which these came."""
    found: dict[tuple[Party, Party], list[tuple[Asked, Benefits | Refused]]] = {}
    for who, answer in answers:
        found.setdefault((who.payer, who.receiver), []).append((who, answer))
    return list(found.items())


def _named(entity: str, party: Party, kind: str, otherwise: str) -> Segment:
    person = "1" if party.is_person else "2"
    given = value(party.given_name, 35) if party.is_person else ""
    name = (value(party.name, 60) or otherwise, given)
    return ("NM1", entity, person, *name, "", "", "", party.number_kind or kind, value(party.number) or "0")


def _member(party: Party) -> Segment:
    number = ("MI", value(party.number)) if party.number else ()
    return ("NM1", "IL", "1", value(party.name, 60), value(party.given_name, 35), "", "", "", *number)


def _answer(who: Asked, answer: Benefits | Refused) -> Iterator[Segment]:
    """The traces given back, the patient, and what there is to say."""
    for number, *more in who.traces:
        yield ("TRN", "2", value(number, 50) or "0", *(value(one, 50) for one in more))
    patient = who.dependent
    if patient is None:
        yield _member(who.subscriber)
    else:
        yield "NM1", "03", "1", value(patient.name, 60), value(patient.given_name, 35)
    if isinstance(answer, Refused):
        yield "AAA", "N", "", answer.reason, answer.follow_up
        return
    if who.born is not None:
        yield "DMG", "D8", eight(who.born), who.sex if who.sex in {"F", "M", "U"} else ""
    if answer.ended is not None:
        yield "DTP", "347", "D8", eight(answer.ended)
        yield "EB", "6", "", GENERAL, answer.plan.insurance_type, value(answer.plan.label, _LONGEST_LABEL)
        return
    yield "DTP", "346", "D8", f"{answer.day.year}0101"
    yield "EB", "1", "", GENERAL, answer.plan.insurance_type, value(answer.plan.label, _LONGEST_LABEL)
    for group in answer.groups:
        yield from _group(answer, group)


def _group(answer: Benefits, group: Group) -> Iterator[Segment]:
    """The benefits of disciplines that are counted together."""
    plan = answer.plan
    types = REPETITION.join(TOLD_AS[one] for one in group.disciplines)
    needs = "Y" if plan.wants_authorization else "N"
    yield "EB", "1", "", types, plan.insurance_type, "", "", "", "", "", "", needs
    if plan.deductible_cents:
        yield _money("C", types, plan, _YEAR, plan.deductible_cents)
        yield _money("C", types, plan, _REMAINING, plan.deductible_cents - answer.deductible_met)
    if plan.coinsurance_share:
        yield "EB", "A", "IND", types, plan.insurance_type, "", "", "", _share(plan.coinsurance_share)
    if plan.copay_cents:
        yield _money("B", types, plan, _VISIT, plan.copay_cents)
    if plan.threshold_cents:
        yield _money("F", types, plan, _YEAR, plan.threshold_cents)
        yield _money("F", types, plan, _REMAINING, max(plan.threshold_cents - group.threshold_used, 0))
        yield "MSG", "THERAPY THRESHOLD, CONFIRM MEDICAL NECESSITY ABOVE IT"
    if plan.visit_limit:
        yield from _visits(plan, types, group)


def _visits(plan: Plan, types: str, group: Group) -> Iterator[Segment]:
    """The limit of visits of the calendar year, and how many remain, in the plan's own form."""
    left = str(max(plan.visit_limit - group.visits, 0))
    if plan.benefit_form == "EB":
        head = ("EB", "F", "IND", types, plan.insurance_type, "")
        yield (*head, _YEAR, "", "", "VS", str(plan.visit_limit))
        yield (*head, _REMAINING, "", "", "VS", left)
    else:
        yield "EB", "F", "IND", types, plan.insurance_type
        yield "HSD", "VS", str(plan.visit_limit), "", "", _YEAR, "1"
        yield "HSD", "VS", left, "", "", _REMAINING
    if len(group.disciplines) > 1:
        yield "MSG", "VISITS OF THESE DISCIPLINES ARE COUNTED TOGETHER"


def _money(benefit: str, types: str, plan: Plan, period: str, cents: Cents) -> Segment:
    return ("EB", benefit, "IND", types, plan.insurance_type, "", period, plain(cents))


def _share(share: int) -> str:
    """A share as the decimal that the answer holds: 2 000 of 10 000 is 0.2."""
    return f"{share // WHOLE}.{share % WHOLE:04d}".rstrip("0").rstrip(".")
