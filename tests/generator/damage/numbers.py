"""Identifiers, taxonomy codes, frequency, references, authorizations and accidents."""

from __future__ import annotations

from random import Random

from tests.generator.arithmetic import luhn_holds
from tests.generator.claim_text import ClaimText
from tests.generator.damage.damaging import (
    LARKSPUR,
    MEDICARE,
    PRAIRIE,
    STONEGATE,
    Texts,
    at,
    damage,
)


def _wrong(npi: str) -> str:
    wrong = npi[:-1] + str((int(npi[-1]) + 1) % 10)
    assert not luhn_holds("80840" + wrong)
    return wrong


@damage("filed-billing-npi-wrong", "The clinic's identifier fails its check digit.")
def _(text: ClaimText, _rng: Random) -> Texts:
    place = at(text, "NM1", "85")
    return text.set(place, 9, _wrong(text.segments[place][9]))


@damage("filed-billing-npi-missing", "The clinic has no identifier.")
def _(text: ClaimText, _rng: Random) -> Texts:
    place = at(text, "NM1", "85")
    return text.set(place, 9, "").set(place, 8, "")


@damage("filed-rendering-npi-wrong", "The therapist's identifier fails its check digit.")
def _(text: ClaimText, _rng: Random) -> Texts:
    place = at(text, "NM1", "82")
    return text.set(place, 9, _wrong(text.segments[place][9]))


@damage("filed-rendering-npi-missing", "The therapist is named without an identifier.")
def _(text: ClaimText, _rng: Random) -> Texts:
    place = at(text, "NM1", "82")
    return text.set(place, 9, "").set(place, 8, "")


@damage("filed-referring-npi-wrong", "The referring provider's identifier fails its check digit.", MEDICARE, STONEGATE)
def _(text: ClaimText, _rng: Random) -> Texts:
    place = text.place("NM1", "DN")
    return None if place is None else text.set(place, 9, _wrong(text.segments[place][9]))


@damage("filed-referring-missing", "A Medicare claim names nobody who certified the care.", MEDICARE)
def _(text: ClaimText, _rng: Random) -> Texts:
    place = text.place("NM1", "DN")
    return None if place is None else text.without(place)


@damage("supervisor-npi-wrong", "The supervising provider's identifier fails its check digit.")
def _(text: ClaimText, _rng: Random) -> Texts:
    end = at(text, "PRV", "PE") + 1
    return text.insert(end, ("NM1", "DQ", "1", "Pellow", "Mira", "", "", "", "XX", _wrong("1999007036")))


@damage("supervisor-is-the-therapist", "The supervising provider is the one who treated.")
def _(text: ClaimText, _rng: Random) -> Texts:
    therapist = text.segments[at(text, "NM1", "82")]
    return text.insert(at(text, "PRV", "PE") + 1, ("NM1", "DQ", *therapist[2:]))


@damage("filed-under-the-clinics-number", "The therapist is named with the company's identifier.")
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.set(at(text, "NM1", "82"), 9, text.segments[at(text, "NM1", "85")][9])


@damage("several-therapists-one-number", "Six therapists are named with one identifier on one day.")
def _(text: ClaimText, _rng: Random) -> Texts:
    names = ("Ashgrove", "Birchall", "Coppard", "Dunmore", "Elverton", "Farrow")
    place, claim, member = at(text, "NM1", "82"), at(text, "CLM"), at(text, "NM1", "IL")
    return tuple(
        text.set(place, 3, name)
        .set(claim, 1, f"{text.key}S{number}")
        .set(member, 9, f"{text.segments[member][9][:-2]}{number}7")
        for number, name in enumerate(names)
    )


@damage("filed-tax-number-missing", "The clinic has no tax number.")
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.without(at(text, "REF", "EI"))


@damage("filed-tax-number-malformed", "The clinic's tax number has not nine digits.")
def _(text: ClaimText, rng: Random) -> Texts:
    return text.set(at(text, "REF", "EI"), 2, rng.choice(("00123", "12345678A", "0012345678")))


@damage("filed-clinic-taxonomy-malformed", "The clinic's taxonomy code is not ten characters.")
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.set(at(text, "PRV", "BI"), 3, "261QP2")


@damage("filed-clinic-taxonomy-not-in-set", "The clinic's taxonomy code has the form of one and is none.")
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.set(at(text, "PRV", "BI"), 3, "261ZZ9999X")


@damage("filed-therapist-taxonomy-malformed", "The therapist's taxonomy code is not ten characters.")
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.set(at(text, "PRV", "PE"), 3, "2251")


@damage("filed-therapist-is-none", "Medicare is billed under a massage therapist or an athletic trainer.", MEDICARE)
def _(text: ClaimText, rng: Random) -> Texts:
    return text.set(at(text, "PRV", "PE"), 3, rng.choice(("225700000X", "2255A2300X")))


@damage("frequency-unknown", "The claim's frequency is none that a professional claim has.")
def _(text: ClaimText, rng: Random) -> Texts:
    return text.part(at(text, "CLM"), 5, 3, rng.choice(("9", "4", "0")))


@damage(
    "replacement-without-reference", "A replacement does not say which claim it replaces.", LARKSPUR, PRAIRIE, STONEGATE
)
def _(text: ClaimText, rng: Random) -> Texts:
    return text.part(at(text, "CLM"), 5, 3, rng.choice(("7", "8")))


@damage(
    "first-claim-with-reference", "A first claim names the claim that it would replace.", LARKSPUR, PRAIRIE, MEDICARE
)
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.insert(at(text, "HI"), ("REF", "F8", "2226012345678"))


@damage("replacement-sent-to-medicare", "A replacement goes to Medicare, which takes first claims only.", MEDICARE)
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.part(at(text, "CLM"), 5, 3, "7").insert(at(text, "HI"), ("REF", "F8", "2226012345678"))


@damage("two-authorizations", "The claim names two authorizations.")
def _(text: ClaimText, _rng: Random) -> Texts:
    place = text.place("REF", "G1")
    second = ("REF", "G1", "PA7700123")
    if place is not None:
        return text.insert(place, second)
    return text.insert(at(text, "HI"), ("REF", "G1", "PA7700122"), second)


@damage("filed-authorization-missing", "The plan wants an authorization and the claim names none.", PRAIRIE)
def _(text: ClaimText, _rng: Random) -> Texts:
    place = text.place("REF", "G1")
    codes = {text.segments[service][1].split(":")[1] for service in text.services()}
    return None if place is None or codes & {"97161", "97162", "97163"} else text.without(place)


@damage(
    "filed-auto-accident-without-state",
    "An auto accident is named without the state it happened in.",
    LARKSPUR,
    PRAIRIE,
)
def _(text: ClaimText, _rng: Random) -> Texts:
    return _accident(text, "AA")


@damage("filed-accident-without-date", "An accident is named without its day.", LARKSPUR, PRAIRIE)
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.set(at(text, "CLM"), 11, "AA:::IL")


@damage("filed-accident-of-no-kind", "The cause of an accident is no cause that a claim knows.", LARKSPUR, PRAIRIE)
def _(text: ClaimText, _rng: Random) -> Texts:
    return _accident(text, "ZZ")


@damage(
    "filed-accident-not-at-work",
    "A workers' compensation claim names an accident that is not of employment.",
    STONEGATE,
)
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.set(at(text, "CLM"), 11, "OA")


@damage("filed-work-claim-without-number", "A workers' compensation claim lacks the insurer's claim number.", STONEGATE)
def _(text: ClaimText, _rng: Random) -> Texts:
    place = text.place("REF", "Y4")
    return None if place is None else text.without(place)


@damage("filed-work-claim-without-accident", "A workers' compensation claim names no accident.", STONEGATE)
def _(text: ClaimText, _rng: Random) -> Texts:
    place = text.place("DTP", "439")
    return None if place is None else text.without(place).set(at(text, "CLM"), 11, "")


def _accident(text: ClaimText, cause: str) -> Texts:
    onset = text.place("DTP", "431")
    if onset is None:
        return None
    day = text.segments[onset][3]
    return text.set(at(text, "CLM"), 11, cause).insert(onset + 1, ("DTP", "439", "D8", day))
