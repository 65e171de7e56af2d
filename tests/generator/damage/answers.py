"""Claims to a second payer: the first one's answer, damaged in one place."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from tests.generator.claim_text import ClaimText, amount, round_cents
from tests.generator.damage.damaging import MEDICARE_SECOND, SECOND, Texts, at, damage


@damage("answer-line-out-of-balance", "On a line, paid and adjusted do not make up the charge.", *SECOND)
def _(text: ClaimText, rng: Random) -> Texts:
    place = rng.choice(text.places("CAS", "CO"))
    cents = round_cents(text.segments[place][3])
    return text.set(place, 3, amount(cents + rng.choice((-100, 1, 500))))


@damage(
    "answer-claim-out-of-balance", "What the first payer paid on the claim is not what it paid on the lines.", *SECOND
)
def _(text: ClaimText, _rng: Random) -> Texts:
    place = at(text, "AMT", "D")
    return text.set(place, 2, amount(round_cents(text.segments[place][2]) + 700))


@damage("answer-day-missing", "The answer does not say when the first payer decided.", *SECOND)
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.without(*text.places("DTP", "573"))


@damage("answer-day-before-service", "The first payer is said to have decided before the visit.", *SECOND)
def _(text: ClaimText, _rng: Random) -> Texts:
    day = date.fromisoformat(text.segments[text.places("DTP", "472")[0]][3])
    for place in text.places("DTP", "573"):
        text = text.set(place, 3, f"{day - timedelta(days=2):%Y%m%d}")
    return text


@damage("answer-day-to-come", "The first payer is said to have decided in years to come.", *SECOND)
def _(text: ClaimText, _rng: Random) -> Texts:
    for place in text.places("DTP", "573"):
        text = text.set(place, 3, "20310107")
    return text


@damage("answer-amount-missing", "An adjustment has a reason and no amount.", *SECOND)
def _(text: ClaimText, _rng: Random) -> Texts:
    place = text.places("CAS", "PR")[0]
    return text.set(place, 3, "")


@damage(
    "answer-remaining-repeated", "What is left to the patient stands for the claim and for its first line.", *SECOND
)
def _(text: ClaimText, _rng: Random) -> Texts:
    left = ("AMT", "EAF", text.segments[text.places("CAS", "PR")[0]][3])
    last = text.place("DTP", "573", after=("SVD",))
    assert last is not None
    return text.insert(last + 1, left).insert(at(text, "AMT", "D") + 1, left)


@damage("answer-payment-negative", "The first payer is said to have paid less than nothing.", *SECOND)
def _(text: ClaimText, _rng: Random) -> Texts:
    place = at(text, "SVD")
    return text.set(place, 2, f"-{text.segments[place][2]}")


@damage("answer-of-a-line-missing", "The first payer's answer leaves a line out.", *SECOND)
def _(text: ClaimText, _rng: Random) -> Texts:
    if len(text.services()) < 2:
        return None
    start = text.places("SVD")[-1]
    return text.without(*range(start, at(text, "SE")))


@damage("answers-by-line-missing", "The first payer has answered and the claim tells of no line what it said.", *SECOND)
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.without(*_answers_by_line(text))


@damage("answer-of-first-payer-missing", "The claim goes to a second payer and says nothing of the first.", *SECOND)
def _(text: ClaimText, _rng: Random) -> Texts:
    start = at(text, "SBR", "P")
    return text.without(*range(start, at(text, "LX")), *_answers_by_line(text))


def _answers_by_line(text: ClaimText) -> list[int]:
    """Where the segments stand that tell what was decided on a line."""
    found: list[int] = []
    for place in text.places("SVD"):
        end = next(index for index in range(place, len(text.segments)) if text.segments[index][0] in {"LX", "SE"})
        found += range(place, end)
    return found


@damage("medicare-second-without-reason", "Medicare comes second and the claim does not say why.", *MEDICARE_SECOND)
def _(text: ClaimText, _rng: Random) -> Texts:
    return text.set(at(text, "SBR", "S"), 5, "")
