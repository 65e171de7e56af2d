"""Totals, charges, units, dates and counts that cannot be."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from tests.generator.claim_text import ClaimText, amount, round_cents
from tests.generator.damage.damaging import (
    CODED,
    LARKSPUR,
    MEDICARE,
    PRAIRIE,
    Texts,
    a_service,
    at,
    damage,
    moved,
    service_day,
)


@damage("claim-total-missing", "The claim states no total charge.")
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.set(at(text, "CLM"), 2, "")


@damage("claim-total-differs", "The claim's total is not the sum of its lines.")
def _(text: ClaimText, rng: Random) -> Texts:
    cents = round_cents(text.element("CLM", 2))
    return text.set(at(text, "CLM"), 2, amount(cents + rng.choice((-100, 1, 1000, 9))))


@damage("filed-line-free", "A line is charged nothing.")
def _(text: ClaimText, rng: Random) -> Texts:
    return text.set(a_service(text, rng), 2, "0").totalled()


@damage("filed-charge-missing", "A line states no charge.")
def _(text: ClaimText, rng: Random) -> Texts:
    return text.set(a_service(text, rng), 2, "")


@damage("filed-charge-negative", "A line has a negative charge.")
def _(text: ClaimText, rng: Random) -> Texts:
    place = a_service(text, rng)
    return text.set(place, 2, f"-{text.segments[place][2]}").totalled()


@damage("filed-units-zero", "A line has no units.")
def _(text: ClaimText, rng: Random) -> Texts:
    return text.set(a_service(text, rng), 4, "0")


@damage("filed-units-missing", "A line states no units.")
def _(text: ClaimText, rng: Random) -> Texts:
    return text.set(a_service(text, rng), 4, "")


@damage("filed-units-in-parts", "A line has a unit and a half.")
def _(text: ClaimText, rng: Random) -> Texts:
    return text.set(a_service(text, rng), 4, "1.5")


@damage("filed-untimed-twice", "A service that is billed once a day has two units.", MEDICARE, LARKSPUR, PRAIRIE)
def _(text: ClaimText, _rng: Random) -> Texts:
    once = {"97161", "97162", "97163", "G0283", "97012", "97016", "97150", "97014"}
    places = [place for place in text.services() if text.segments[place][1].split(":")[1] in once]
    if not places:
        return None
    cents = round_cents(text.segments[places[0]][2])
    return text.set(places[0], 4, "2").set(places[0], 2, amount(2 * cents)).totalled()


@damage("filed-units-beyond-belief", "A day has more units of a code than Medicare believes of any patient.", MEDICARE)
def _(text: ClaimText, _rng: Random) -> Texts:
    limits = {"97110": 6, "97112": 4, "97140": 6, "97530": 6, "97116": 4, "97035": 2, "97535": 8}  # facts.md section 1
    for place in text.services():
        code = text.segments[place][1].split(":")[1]
        if code in limits:
            return text.set(place, 4, str(limits[code] + 1))
    return None


@damage("filed-day-missing", "A line has no date of service.")
def _(text: ClaimText, rng: Random) -> Texts:
    return text.without(service_day(text, a_service(text, rng)))


@damage("filed-day-malformed", "A line's date is none of the calendar.")
def _(text: ClaimText, rng: Random) -> Texts:
    wrong = rng.choice(("20260230", "260301", "03/01/2026", "20251301"))
    return text.set(service_day(text, a_service(text, rng)), 3, wrong)


@damage("filed-days-reversed", "A line ends before it begins.")
def _(text: ClaimText, rng: Random) -> Texts:
    place = service_day(text, a_service(text, rng))
    first = _day(text, place)
    return text.set(place, 2, "RD8").set(place, 3, f"{first:%Y%m%d}-{first - timedelta(days=1):%Y%m%d}")


@damage("filed-timed-line-over-days", "A timed line spans two days.", MEDICARE)
def _(text: ClaimText, _rng: Random) -> Texts:
    timed = {"97110", "97112", "97116", "97140", "97530", "97535"}
    services = [place for place in text.services() if text.segments[place][1].split(":")[1] in timed]
    if not services:
        return None
    place = service_day(text, services[0])
    first = _day(text, place)
    return text.set(place, 2, "RD8").set(place, 3, f"{first:%Y%m%d}-{first + timedelta(days=1):%Y%m%d}")


@damage("filed-for-a-day-to-come", "A line's day of service has not come yet.")
def _(text: ClaimText, _rng: Random) -> Texts:
    return moved(text, date(2031, 3, 4))


@damage("icd-10-before-october-2015", "A diagnosis of ICD-10-CM stands on a claim of the time before it.")
def _(text: ClaimText, _rng: Random) -> Texts:
    return moved(text, date(2015, 9, 30))


@damage("filed-too-late-by-years", "The claim goes out years after the payer's limit.", MEDICARE, LARKSPUR, PRAIRIE)
def _(text: ClaimText, _rng: Random) -> Texts:
    return moved(text, date(2022, 3, 7))


@damage("place-before-its-time", "The place of service is one that came into being later.", MEDICARE, LARKSPUR)
def _(text: ClaimText, _rng: Random) -> Texts:
    # Place 10, telehealth at home, since 2022-01-01 (facts.md section 11 names it; CMS place of service set).
    early = moved(text, date(2021, 6, 7))
    return early.part(at(early, "CLM"), 5, 1, "10")


@damage("filed-place-unknown", "The place of service is not a place of the list.")
def _(text: ClaimText, rng: Random) -> Texts:
    return text.part(at(text, "CLM"), 5, 1, rng.choice(("98", "00", "A1")))


@damage("filed-place-of-ambulance", "Therapy is billed from a laboratory or an ambulance.")
def _(text: ClaimText, rng: Random) -> Texts:
    return text.part(at(text, "CLM"), 5, 1, rng.choice(("81", "41")))


@damage("filed-born-after-service", "The patient is born after the day of service.")
def _(text: ClaimText, _rng: Random) -> Texts:
    day = _day(text, text.places("DTP", "472")[0]) + timedelta(days=1)
    return text.set(at(text, "DMG"), 2, f"{day:%Y%m%d}")


@damage("filed-birth-date-missing", "The patient's birth date is not stated.")
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.set(at(text, "DMG"), 2, "")


@damage("filed-birth-date-malformed", "The patient's birth date is none of the calendar.")
def _(text: ClaimText, rng: Random) -> Texts:
    return text.set(at(text, "DMG"), 2, rng.choice(("19550231", "550601", "1955-06-01")))


@damage("filed-onset-after-service", "The onset lies after the day of service.")
def _(text: ClaimText, _rng: Random) -> Texts:
    place = text.place("DTP", "431")
    if place is None:
        return None
    day = _day(text, text.places("DTP", "472")[0]) + timedelta(days=2)
    return text.set(place, 3, f"{day:%Y%m%d}")


@damage("claim-of-fifty-one-lines", "A claim has more lines than a claim file holds.")
def _(text: ClaimText, _rng: Random) -> Texts:
    start = at(text, "LX")
    end = at(text, "SE")
    block = text.segments[start:end]
    if len(text.services()) > 1:
        return None
    more = [
        tuple(("LX", str(number)) if segment[0] == "LX" else segment) for number in range(2, 52) for segment in block
    ]
    return text.insert(end, *more).totalled()


def _day(text: ClaimText, place: int) -> date:
    return date.fromisoformat(text.segments[place][3])


@damage("filed-diagnosis-ended", "A diagnosis is used that ended before the day of service.", *CODED[2:])
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.set(at(text, "HI"), 1, "ABK:R102")  # ended 2025-09-30: facts_checked.md A4
