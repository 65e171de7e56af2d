"""Diagnoses, pointers, codes, modifiers and drugs."""

from __future__ import annotations

from datetime import date
from random import Random

from tests.generator.claim_text import ClaimText, Segment, amount, round_cents
from tests.generator.clean import Wish
from tests.generator.code_tables import edits
from tests.generator.damage.damaging import (
    ANY,
    CODED,
    LARKSPUR,
    MEDICARE,
    PRAIRIE,
    Break,
    Texts,
    a_service,
    at,
    damage,
    moved,
)
from tests.generator.filing import Filing


def _codes(text: ClaimText) -> list[str]:
    return [part.split(":")[1] for part in text.segments[at(text, "HI")][1:]]


def _diagnosed(text: ClaimText, *codes: str) -> ClaimText:
    """With other diagnoses, every line pointing at the first."""
    parts = [f"{'ABF' if place else 'ABK'}:{code}" for place, code in enumerate(codes)]
    place = at(text, "HI")
    text = text.without(place).insert(place, ("HI", *parts))
    for service in text.services():
        text = text.set(service, 7, "1")
    return text


@damage("filed-diagnosis-twice", "A diagnosis stands twice.")
def _(text: ClaimText, _rng: Random) -> Texts:
    codes = _codes(text)
    return _diagnosed(text, *codes, codes[0])


@damage("filed-diagnosis-unused", "A diagnosis stands on the claim and no line points at it.")
def _(text: ClaimText, _rng: Random) -> Texts:
    codes = _codes(text)
    return _diagnosed(text, *codes) if len(codes) > 1 else _diagnosed(text, *codes, "M6281")


@damage("filed-diagnoses-missing", "The claim has no diagnosis.")
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.without(at(text, "HI"))


@damage("filed-diagnoses-of-icd-9", "The claim is coded in ICD-9-CM.")
def _(text: ClaimText, _rng: Random) -> Texts:
    place = at(text, "HI")
    return _diagnosed(text, "71946").without(place).insert(place, ("HI", "BK:71946"))


@damage("filed-external-cause-first", "A code for how the injury came about stands first.", *CODED)
def _(text: ClaimText, rng: Random) -> Texts:
    return _diagnosed(text, rng.choice(("W19XXXD", "Y9301", "V4352XD")), *_codes(text))


@damage("filed-late-effect-first", "A late effect stands before the condition it caused.", *CODED)
def _(text: ClaimText, _rng: Random) -> Texts:
    return _diagnosed(text, "S83241S", "M25561")


@damage("filed-diagnosis-heading", "A diagnosis is a heading that needs more characters.", *CODED)
def _(text: ClaimText, rng: Random) -> Texts:
    return _diagnosed(text, rng.choice(("M2556", "M171", "M751", "R26", "M545")))


@damage("filed-diagnosis-unknown", "A diagnosis is no code of ICD-10-CM.", *CODED)
def _(text: ClaimText, rng: Random) -> Texts:
    return _diagnosed(text, rng.choice(("M99999", "Z11999", "R2677")))


@damage("filed-seventh-character-missing", "An injury code lacks its seventh character.", *CODED)
def _(text: ClaimText, rng: Random) -> Texts:
    return _diagnosed(text, rng.choice(("S83241", "S93401", "S39012")))


@damage("filed-diagnoses-exclude", "Two diagnoses stand together that exclude each other.", *CODED)
def _(text: ClaimText, rng: Random) -> Texts:
    return _diagnosed(text, *rng.choice((("M5450", "M5441"), ("H8111", "R42"), ("R2681", "R270"))))


@damage("filed-pointer-beyond", "A line points at a diagnosis that the claim has not.")
def _(text: ClaimText, rng: Random) -> Texts:
    return text.set(a_service(text, rng), 7, f"1:{len(_codes(text)) + 1}")


@damage("filed-pointer-missing", "A line points at no diagnosis.")
def _(text: ClaimText, rng: Random) -> Texts:
    return text.set(a_service(text, rng), 7, "")


@damage("filed-pointer-twice", "A line points at one diagnosis twice.")
def _(text: ClaimText, rng: Random) -> Texts:
    return text.set(a_service(text, rng), 7, "1:1")


@damage("filed-code-unknown", "A code is billed that does not exist.")
def _(text: ClaimText, rng: Random) -> Texts:
    return _recoded(text, a_service(text, rng), rng.choice(("97117", "97111", "97999")))


@damage("filed-code-not-of-five", "A code has not five characters.")
def _(text: ClaimText, rng: Random) -> Texts:
    return _recoded(text, a_service(text, rng), rng.choice(("9711", "971100", "X")))


@damage("filed-code-deleted", "A code is billed that ended years ago.")
def _(text: ClaimText, rng: Random) -> Texts:
    return _recoded(text, a_service(text, rng), rng.choice(("97001", "97762", "97532", "64550")))


@damage("filed-physicians-visit", "A therapist bills Medicare an office visit of a physician.", MEDICARE)
def _(text: ClaimText, rng: Random) -> Texts:
    return _recoded(text, a_service(text, rng), rng.choice(("99213", "99203")))


@damage("filed-unattended-stimulation", "Unattended stimulation goes to Medicare under 97014.", MEDICARE)
def _(text: ClaimText, _rng: Random) -> Texts:
    places = [place for place in text.services() if text.segments[place][1].split(":")[1] == "G0283"]
    return _recoded(text, places[0], "97014") if places else None


@damage("filed-pair-never-together", "Two codes stand together that may never, whatever the modifier.",
        Filing(Wish(payer="medicare_b", period="2024q3", codes=("97110", "97140"), evaluation=False, mode="pt", region="hip")))  # fmt: skip
def _(text: ClaimText, _rng: Random) -> Texts:
    assert edits()["97140", "97124"] == 0
    return _one_more(text, "97124", "GP")


@damage("filed-pair-without-modifier", "Two codes stand together that need a modifier to say they were apart, and have none.",
        Filing(Wish(payer="medicare_b", period="2024q3", codes=("97530",), evaluation=False, mode="pt")))  # fmt: skip
def _(text: ClaimText, _rng: Random) -> Texts:
    assert edits()["97750", "97530"] == 1
    return _one_more(text, "97750", "GP")


@damage("filed-line-twice", "A line stands twice on a claim.")
def _(text: ClaimText, rng: Random) -> Texts:
    place = rng.choice(text.places("LX"))
    following = [other for other in (*text.places("LX"), *text.places("SE")) if other > place]
    block = list(text.segments[place : min(following)])
    block[0] = ("LX", str(len(text.services()) + 1))
    return text.insert(at(text, "SE"), *block).totalled()


@damage("filed-twice", "The same claim is filed twice under two numbers.")
def _(text: ClaimText, _rng: Random) -> Texts:
    return text, text.set(at(text, "CLM"), 1, f"{text.key}B")


@damage("filed-therapy-modifier-missing", "A line of therapy lacks GP, and the payer wants it.", MEDICARE, PRAIRIE)
def _(text: ClaimText, rng: Random) -> Texts:
    # 97014 is on no list of therapy codes, so nobody knows whether a payer that wants GP on always-therapy codes wants it.
    open_ = (":95992:", ":97014:")
    places = [
        place
        for place in text.services()
        if text.modifiers(place) == ["GP"] and not any(code in text.segments[place][1] for code in open_)
    ]
    return text.with_modifiers(rng.choice(places), ()) if places else None


@damage("filed-two-therapy-modifiers", "A line carries the modifiers of two disciplines.", MEDICARE, PRAIRIE)
def _(text: ClaimText, rng: Random) -> Texts:
    place = a_service(text, rng)
    return text.with_modifiers(place, (*text.modifiers(place), rng.choice(("GO", "GN"))))


@damage("filed-assistant-modifier-alone", "CQ stands without GP.", Filing(Wish(payer="medicare_b", mode="pta")))
def _(text: ClaimText, rng: Random) -> Texts:
    places = [place for place in text.services() if text.modifiers(place) == ["GP", "CQ"]]
    return text.with_modifiers(rng.choice(places), ("CQ",)) if places else None


def _added(*modifiers: str) -> Break:
    """A damage that adds modifiers to one line."""

    def add(text: ClaimText, rng: Random) -> Texts:
        place = a_service(text, rng)
        return text.with_modifiers(place, (*text.modifiers(place), *modifiers))

    return add


def _register_added() -> None:
    """Kinds that differ only by the modifiers added."""
    for label, sentence, modifiers, filings in (
        ("filed-modifier-twice", "A modifier stands twice on a line.", ("GP",), (MEDICARE, PRAIRIE)),
        ("filed-modifier-unknown", "A modifier does not exist.", ("Y7",), ANY),
        ("filed-59-and-xs", "A line carries both 59 and its closer form.", ("59", "XS"), (MEDICARE, PRAIRIE)),
        ("filed-51", "A line of therapy carries 51, which is for several operations.", ("51",), (MEDICARE, PRAIRIE)),
        ("filed-at", "A therapist's line carries AT, which only chiropractors use.", ("AT",), (MEDICARE,)),
        ("filed-both-sides", "One line names the right and the left side.", ("RT", "LT"), (MEDICARE, LARKSPUR)),
        ("filed-ga-and-gz", "A line says both that a notice was given and that none was.", ("GA", "GZ"), (MEDICARE,)),
        (
            "filed-severity-modifier",
            "A line carries a functional severity modifier, ended in 2019.",
            ("CK",),
            (MEDICARE,),
        ),
        ("filed-kx-and-ga", "A line says that care is needed and that it is not.", ("KX", "GA"), (MEDICARE,)),
    ):
        damage(label, sentence, *filings)(_added(*modifiers))


_register_added()


@damage("filed-drug-code-malformed", "A drug's code has not eleven digits.", LARKSPUR)
def _(text: ClaimText, rng: Random) -> Texts:
    return _drug(text, rng.choice(("0040912", "00409-1234-A1", "004091234012")), "2", "ML")


@damage("filed-drug-unit-unknown", "A drug is counted in a unit that does not exist.", LARKSPUR)
def _(text: ClaimText, rng: Random) -> Texts:
    return _drug(text, "00409123401", "2", rng.choice(("XX", "CC")))


@damage("filed-drug-quantity-missing", "A drug is named without its quantity.", LARKSPUR)
def _(text: ClaimText, _rng: Random) -> Texts:
    return _drug(text, "00409123401", "", "ML")


def _drug(text: ClaimText, code: str, quantity: str, unit: str) -> ClaimText:
    """With a drug on the first line: its national code, quantity and unit."""
    end = at(text, "REF", "6R") + 1
    return text.insert(end, ("LIN", "", "N4", code), ("CTP", "", "", "", quantity, unit))


def _recoded(text: ClaimText, place: int, code: str) -> ClaimText:
    return text.part(place, 1, 2, code)


def _one_more(text: ClaimText, code: str, *modifiers: str) -> ClaimText:
    """With one more line on the last line's day."""
    number = len(text.services()) + 1
    day = text.segments[text.places("DTP", "472")[-1]]
    last = text.segments[text.services()[-1]]
    service: Segment = ("SV1", ":".join(("HC", code, *modifiers)), amount(7200), "UN", "1", "", "", last[7])
    assert round_cents(service[2]) == 7200
    return text.insert(at(text, "SE"), ("LX", str(number)), service, day).totalled()


@damage("modifier-before-its-time", "A line carries XU in the year before it came into being.", MEDICARE)
def _(text: ClaimText, rng: Random) -> Texts:
    early = moved(text, date(2014, 12, 31))  # XE, XP, XS and XU: from 2015-01-01
    place = a_service(early, rng)
    return early.with_modifiers(place, (*early.modifiers(place), "XU"))
