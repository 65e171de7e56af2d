"""Prices in exact fractions, unit by unit, in plain Python: what the table must agree with.

Nothing here is shared with the package but the published figures themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cache

from cleanclaim.reference import fee_schedule, values

FACILITIES = {"02", "19", "21", "22", "31"}


@dataclass
class Line:
    code: str
    units: int
    charge: int
    assistant: bool = False


@dataclass
class Claim:
    patient: int
    day: date
    npi: str
    tax_id: str
    locality: str
    place: str
    payer: str
    met: int
    as_of: date
    lines: list[Line] = field(default_factory=list)


@dataclass
class Answer:
    allowed: int
    payable: int
    deductible: tuple[int, int]
    payer: tuple[int, int]
    expected: tuple[int, int]


def cents(amount: Fraction) -> int:
    """Half away from zero, by comparing with the half above the floor."""
    whole = amount.numerator // amount.denominator
    return whole + (amount - whole >= Fraction(1, 2))


def unit_fee(claim: Claim, code: str, keep: Fraction) -> Fraction:
    """A unit's fee in cents, not rounded, with this share of its practice expense."""
    return _unit_fee(claim.day, claim.locality, claim.place, code, keep)


@cache
def _unit_fee(day: date, locality: str, place: str, code: str, keep: Fraction) -> Fraction:
    rvu = fee_schedule.rvu(code, day).value
    index = fee_schedule.gpci(locality, day).value
    factor = values.on("conversion_factor", day).value
    assert rvu
    assert index
    assert factor
    expense = rvu.pe_facility if place in FACILITIES else rvu.pe_nonfacility
    work = Fraction(rvu.work, 100) * Fraction(index.work, 1000)
    pe = Fraction(expense, 100) * Fraction(index.pe, 1000)
    mp = Fraction(rvu.mp, 100) * Fraction(index.mp, 1000)
    return (work + keep * pe + mp) * Fraction(factor, 10_000) * 100


def price(claims: list[Claim], percent: Fraction, scope: str) -> list[list[Answer]]:
    """Every line of every claim; `percent` holds for payers other than Medicare, which pay no shares here."""
    exact = {(place, row): Fraction(0) for place, claim in enumerate(claims) for row in range(len(claim.lines))}
    groups: dict[tuple[object, ...], list[tuple[int, int]]] = {}
    for place, row in exact:
        claim = claims[place]
        code = claim.lines[row].code
        rvu = fee_schedule.rvu(code, claim.day).value
        assert rvu
        owner = claim.npi if claim.payer == "medicare_b" or scope == "billing_npi" else claim.tax_id
        key: tuple[object, ...] = (claim.patient, claim.day, claim.payer, owner)
        if rvu.multiple_procedure == "5":
            groups.setdefault(key, []).append((place, row))
        else:
            groups[(place, row)] = [(place, row)]
    for name, members in groups.items():
        reduced = len(name) == 4
        units = []
        for place, row in members:
            claim, line = claims[place], claims[place].lines[row]
            rvu = fee_schedule.rvu(line.code, claim.day).value
            assert rvu
            expense = rvu.pe_facility if claim.place in FACILITIES else rvu.pe_nonfacility
            units += [(-expense, -unit_fee(claim, line.code, Fraction(1)), place, row)] * line.units
        first = min(units) if reduced else None
        for unit in units:
            claim, line = claims[unit[2]], claims[unit[2]].lines[unit[3]]
            keep = Fraction(1, 2) if reduced and unit is not first else Fraction(1)
            first = None if unit is first else first
            fee = unit_fee(claim, line.code, keep)
            exact[(unit[2], unit[3])] += fee if claim.payer == "medicare_b" else fee * percent
    allowed = {at: cents(amount) for at, amount in exact.items()}
    return _shared(claims, allowed)


def _shared(claims: list[Claim], allowed: dict[tuple[int, int], int]) -> list[list[Answer]]:
    answers: dict[tuple[int, int], Answer] = {}
    order = sorted(allowed, key=lambda at: (claims[at[0]].day, at))
    for at in order:
        claim, line = claims[at[0]], claims[at[0]].lines[at[1]]
        payable = min(allowed[at], line.charge)
        yearly = values.on("part_b_deductible", claim.day).value
        rate = values.on("part_b_coinsurance", claim.day).value
        off = values.on("sequestration", claim.day).value
        assert yearly is not None
        assert rate is not None
        assert off is not None
        stated = claim.as_of.year == claim.day.year
        left = yearly - claim.met if stated else yearly
        for other in order:
            if other == at:
                break
            peer = claims[other[0]]
            if peer.payer != "medicare_b" or peer.patient != claim.patient or peer.day.year != claim.day.year:
                continue
            if not stated or peer.day > claim.as_of or peer.day == claim.day:
                left -= answers[other].payable
        most = min(max(left, 0), payable)
        least = most if stated and claim.as_of >= claim.day else 0
        kept = Fraction(10_000 - off, 10_000)
        if line.assistant and claim.day >= date(2022, 1, 1):
            kept *= Fraction(85, 100)
        share = Fraction(10_000 - rate, 10_000)
        answers[at] = Answer(
            allowed=allowed[at],
            payable=payable,
            deductible=(least, most),
            payer=(cents((payable - most) * share), cents((payable - least) * share)),
            expected=(cents((payable - most) * share * kept), cents((payable - least) * share * kept)),
        )
    return [[answers[(place, row)] for row in range(len(claim.lines))] for place, claim in enumerate(claims)]
