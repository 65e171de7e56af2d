"""Names, addresses, policies and payers."""

from __future__ import annotations

from random import Random

from tests.generator.claim_text import ClaimText
from tests.generator.damage.damaging import LARKSPUR, MEDICARE, PRAIRIE, Texts, at, damage, home


@damage("filed-patient-name-missing", "The patient has no family name.")
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.set(at(text, "NM1", "IL"), 3, "")


@damage("filed-patient-name-with-digits", "The patient's name holds digits.")
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.set(at(text, "NM1", "IL"), 3, "Ash9rove")


@damage("filed-patient-name-too-long", "The patient's family name is longer than sixty characters.")
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.set(at(text, "NM1", "IL"), 3, "Ashgrove" * 8)


@damage("filed-street-too-long", "The patient's street is longer than fifty-five characters.")
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.set(home(text), 1, "1 Alder Ave " * 5 + "East")


@damage("filed-sex-unknown-to-claims", "The patient's sex is none of the three that a claim knows.")
def _(text: ClaimText, rng: Random) -> Texts:
    return text.set(at(text, "DMG"), 3, rng.choice(("X", "1", "W")))


@damage("filed-patient-street-missing", "The patient's address lacks its street.")
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.set(home(text), 1, "")


@damage("filed-patient-city-missing", "The patient's address lacks its city.")
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.set(home(text) + 1, 1, "")


@damage("filed-patient-address-missing", "The patient has no address at all.")
def _(text: ClaimText, _rng: Random) -> Texts:
    place = home(text)
    return text.without(place, place + 1)


@damage("filed-patient-zip-malformed", "The patient's ZIP code has neither five nor nine digits.")
def _(text: ClaimText, rng: Random) -> Texts:
    return text.set(home(text) + 1, 3, rng.choice(("6061", "6061601", "6O616")))


@damage("filed-patient-state-unknown", "The patient's state is none of the USA.")
def _(text: ClaimText, rng: Random) -> Texts:
    return text.set(home(text) + 1, 2, rng.choice(("XX", "ZZ")))


@damage("filed-patient-zip-of-other-state", "The patient's ZIP code lies in another state than the address names.")
def _(text: ClaimText, rng: Random) -> Texts:
    return text.set(home(text) + 1, 2, rng.choice(("CA", "NY", "TX")))


@damage("filed-country-unknown", "The patient's country is none.")
def _(text: ClaimText, rng: Random) -> Texts:
    return text.set(home(text) + 1, 4, rng.choice(("ZZ", "QX", "U5")))


@damage("filed-clinic-zip-short", "The clinic's ZIP code lacks its last four digits.", MEDICARE, PRAIRIE)
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.set(_office(text) + 1, 3, "60616")


@damage("filed-clinic-zip-malformed", "The clinic's ZIP code has neither five nor nine digits.")
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.set(_office(text) + 1, 3, "6061")


@damage("filed-clinic-state-unknown", "The clinic's state is none of the USA.")
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.set(_office(text) + 1, 2, "XX")


@damage("filed-clinic-zip-of-other-state", "The clinic's ZIP code lies in another state than the address names.")
def _(text: ClaimText, rng: Random) -> Texts:
    return text.set(_office(text) + 1, 2, rng.choice(("CA", "NY", "TX")))


@damage("filed-clinic-box", "The clinic's billing address is a post office box.")
def _(text: ClaimText, rng: Random) -> Texts:
    place = _office(text)
    return text.set(place, 2, "").set(place, 1, rng.choice(("PO Box 555", "P.O. BOX 12", "Post Office Box 9")))


@damage("filed-clinic-city-missing", "The clinic's address lacks its city.")
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.set(_office(text) + 1, 1, "")


@damage("filed-clinic-phone-malformed", "The clinic's telephone number has not ten digits.")
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.set(at(text, "PER", after=("NM1", "85")), 4, "5550100")


@damage("filed-clinic-with-given-name", "The clinic is a company and has a given name.")
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.set(at(text, "NM1", "85"), 4, "Joan")


@damage("filed-biller-without-given-name", "The clinic is said to be a person and has no given name.")
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.set(at(text, "NM1", "85"), 2, "1")


@damage("filed-clinic-name-missing", "The clinic has no name.")
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.set(at(text, "NM1", "85"), 3, "")


@damage("filed-therapist-name-incomplete", "The therapist has no given name.")
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.set(at(text, "NM1", "82"), 4, "")


@damage("filed-referring-name-incomplete", "The referring provider has no given name.", MEDICARE)
def _(text: ClaimText, _rng: Random) -> Texts:
    place = text.place("NM1", "DN")
    return None if place is None else text.set(place, 4, "")


@damage("filed-member-number-missing", "The policy has no member number.")
def _(text: ClaimText, _rng: Random) -> Texts:
    place = at(text, "NM1", "IL")
    return text.set(place, 9, "").set(place, 8, "")


@damage("filed-medicare-number-malformed", "The Medicare number has not the form of one.", MEDICARE)
def _(text: ClaimText, rng: Random) -> Texts:
    return text.set(at(text, "NM1", "IL"), 9, rng.choice(("123456789A", "1EG4TE5MK7", "0EG4TE5MK73", "1SG4TE5MK73")))


@damage("filed-payer-missing", "The claim names no payer.")
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.without(at(text, "NM1", "PR"))


@damage("filed-payer-number-missing", "The claim does not say under which number the payer is reached.")
def _(text: ClaimText, _rng: Random) -> Texts:
    place = at(text, "NM1", "PR")
    return text.set(place, 9, "").set(place, 8, "")


@damage(
    "filed-member-number-as-group", "The member's number stands in the place of the group's too.", LARKSPUR, PRAIRIE
)
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.set(at(text, "SBR"), 3, text.segments[at(text, "NM1", "IL")][9])


@damage("filed-subscriber-missing", "The patient is insured through a spouse who is not named.", LARKSPUR, PRAIRIE)
def _(text: ClaimText, _rng: Random) -> Texts:
    """The patient moves to a level of their own; the subscriber's level names nobody."""
    start, level = at(text, "NM1", "IL"), at(text, "HL", "2")
    payer = at(text, "NM1", "PR")
    claim = at(text, "CLM")
    person = text.segments[start:payer]
    name = ("NM1", "QC", *person[0][2:8])
    own = (("HL", "3", "2", "23", "0"), ("PAT", "01"), tuple(part for part in name), *person[1:])
    return text.insert(claim, *own).without(*range(start, payer)).set(level, 4, "1").set(at(text, "SBR"), 2, "")


@damage(
    "filed-second-without-first", "The claim goes to a second payer and names none that comes first.", LARKSPUR, PRAIRIE
)
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.set(at(text, "SBR"), 1, "S")


def _office(text: ClaimText) -> int:
    return at(text, "N3", after=("NM1", "85"))
