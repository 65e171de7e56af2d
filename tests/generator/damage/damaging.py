"""How a clean claim file is damaged in one place.

A damage is a function decorated with its label, a sentence, and the filings whose claims it can be done to. It returns
the damaged claim, with further claims behind it where it takes several, or `None` when this claim does not lend itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from tests.generator.claim_text import ClaimText
from tests.generator.clean import Wish
from tests.generator.filing import Filed, Filer, Filing

Texts = ClaimText | tuple[ClaimText, ...] | None
Break = Callable[[ClaimText, Random], Texts]

MEDICARE = Filing(Wish(payer="medicare_b"))
LARKSPUR = Filing(Wish(payer="larkspur_mutual"))
PRAIRIE = Filing(Wish(payer="prairie_health_plan"))
STONEGATE = Filing(Wish(payer="stonegate_casualty"))
ANY = (MEDICARE, LARKSPUR, PRAIRIE, STONEGATE)
CODED = tuple(Filing(Wish(payer="medicare_b", period=name)) for name in ("2025q1", "2025q3", "2026q1", "2026q3"))
"""Days on which the tables of ICD-10-CM are known."""
SECOND = tuple(
    Filing(Wish(payer="medicare_b", period=name), second=True) for name in ("2025q1", "2025q3", "2026q1", "2026q3")
)
MEDICARE_SECOND = tuple(replace(filing, second=False, medicare_second=True) for filing in SECOND)


@dataclass(frozen=True, slots=True)
class Damage:
    """One kind of damage."""

    label: str
    sentence: str
    filings: tuple[Filing, ...]
    do: Break


@dataclass(frozen=True, slots=True)
class Damaged:
    """A claim with one damage: the label, the clean claim, and the file or files with the damage."""

    label: str
    clean: Filed
    texts: tuple[ClaimText, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Numbers of the claims that the damage may be reported on."""
        return tuple(dict.fromkeys(text.key for text in self.texts))


DAMAGES: dict[str, Damage] = {}


def damage(label: str, sentence: str, *filings: Filing) -> Callable[[Break], Break]:
    """Register a kind of damage; the filings are taken in turn."""

    def keep(do: Break) -> Break:
        assert label not in DAMAGES, label
        DAMAGES[label] = Damage(label, sentence, filings or ANY, do)
        return do

    return keep


def damaged(count: int, seed: int) -> list[Damaged]:
    """`count` damaged claims, spread evenly over the kinds, each made from a clean claim of its own."""
    filer = Filer(seed, "E")
    rng = Random(seed + 17)
    kinds = list(DAMAGES.values())
    plan = [
        (
            kinds[number % len(kinds)],
            kinds[number % len(kinds)].filings[(number // len(kinds)) % len(kinds[number % len(kinds)].filings)],
        )
        for number in range(count)
    ]
    found: dict[int, Damaged] = {}
    for _ in range(40):
        open_ = [index for index in range(count) if index not in found]
        if not open_:
            return [found[index] for index in range(count)]
        for index, clean in zip(open_, filer.claims([plan[index][1] for index in open_]), strict=True):
            kind = plan[index][0]
            made = kind.do(clean.text, rng)
            if made is not None:
                texts = made if isinstance(made, tuple) else (made,)
                assert texts != (clean.text,), kind.label
                found[index] = Damaged(kind.label, clean, texts)
    raise AssertionError(
        f"no claim fits {sorted({plan[index][0].label for index in range(count) if index not in found})}"
    )


# --- finding one's way in a claim ---------------------------------------------------------------------------


def at(text: ClaimText, *begin: str, after: tuple[str, ...] = ()) -> int:
    """Where a segment stands that every claim has."""
    place = text.place(*begin, after=after)
    assert place is not None, begin
    return place


def a_service(text: ClaimText, rng: Random) -> int:
    """Where one of the service lines stands."""
    return rng.choice(text.services())


def service_day(text: ClaimText, service: int) -> int:
    """Where the date of a service line stands."""
    return next(place for place in text.places("DTP", "472") if place > service)


def home(text: ClaimText) -> int:
    """Where the first segment of the patient's address stands: the patient is the subscriber."""
    return at(text, "N3", after=("NM1", "IL"))


def moved(text: ClaimText, to: date) -> ClaimText:
    """The whole claim moved so that its first service falls on a day: everything keeps its distance but the birth."""
    day = date.fromisoformat(text.segments[text.places("DTP", "472")[0]][3])
    step = to - day
    for place, segment in enumerate(text.segments):
        if segment[0] == "DTP":
            text = text.set(place, 3, _later(segment[3], step))
    return text


def _later(day: str, step: timedelta) -> str:
    return f"{date.fromisoformat(day) + step:%Y%m%d}"
