"""Archives: hundreds of claims of a dozen therapists, among whom one may stand out.

An ordinary therapist bills two to four timed units a visit and KX on few patients. A clean archive has differences of
that size between its therapists; a defective one has one therapist whom an auditor would pick at a glance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from tests.generator.arithmetic import check_digit
from tests.generator.clean import Maker, Wish
from tests.generator.rows import Flat, Row, a_flat
from tests.generator.terms import CHARGES

THERAPISTS = 12
VISITS = 40
"""Visits of each therapist in an archive."""
FIRST = {"medicare_b": date(2026, 2, 2), "larkspur_mutual": date(2025, 8, 4)}


@dataclass(frozen=True, slots=True)
class Archive:
    """One archive with what stands out: its label (empty where nothing does), its rows, and the claims concerned."""

    label: str
    rows: Flat
    keys: tuple[str, ...]


def archive(rng: Random, payer: str, number: int, *, extra_units: int = 0, kx: float = 0.05) -> Flat:
    """An archive; the first therapist bills `extra_units` more of 97110 a visit, and KX on that share of patients.

    Args:
        rng: what is drawn from.
        payer: the payer of all claims.
        number: tells archives apart in the numbers of claims.
        extra_units: units of 97110, each with its minutes, that the first therapist gives more than the others.
        kx: share of the first therapist's patients with KX; the others have one in twenty.
    """
    model = _model(payer, rng)
    npis = [check_digit(f"17770{number % 10}{who:03}") for who in range(THERAPISTS)]
    rows: list[Row] = []
    for who in range(THERAPISTS):
        for visit in range(VISITS):
            day = FIRST[payer] + timedelta(days=7 * (visit // 5) + visit % 5)
            stands_out = who == 0
            modifiers = [word for word in model["modifiers"].split() if word == "GP"]
            if payer == "medicare_b" and rng.random() < (kx if stands_out else 0.05):
                modifiers.append("KX")
            units = {"97110": rng.randint(1, 2) + (extra_units if stands_out else 0), "97140": rng.randint(1, 2)}
            rows += _claim_rows(model, f"A{number}T{who:02}V{visit:03}", npis[who], day, units, modifiers)
    last = max(date.fromisoformat(row["date"]) for row in rows)
    return Flat(tuple(rows), last + timedelta(days=5), payer)


def _model(payer: str, rng: Random) -> Row:
    maker = Maker(rng.randrange(10**6), "A")
    wish = Wish(payer=payer, codes=("97110",), evaluation=False, mode="pt", visits=1, region="knee", period="2026q1")
    return a_flat(maker, wish).rows[0]


def _claim_rows(
    model: Row, claim: str, npi: str, day: date, units: dict[str, int], modifiers: Sequence[str]
) -> list[Row]:
    total = sum(CHARGES[code] * count for code, count in units.items())
    digits = f"{number_of(claim) % 100:02}"
    return [
        {
            **model,
            "claim": claim,
            "patient": f"P{claim}",
            "member_id": f"{model['member_id'][:-2]}{digits}",
            "date": day.isoformat(),
            "onset_on": (FIRST[model["payer"]] - timedelta(days=40)).isoformat(),
            "npi": npi,
            "treated_by": npi,
            "rendering_family_name": f"Therapist{chr(65 + int(npi[7:9]) % 26)}",
            "code": code,
            "modifiers": " ".join(modifiers),
            "units": str(count),
            "minutes": str(15 * count),
            "charge_cents": str(CHARGES[code] * count),
            "total_charge_cents": str(total),
        }
        for code, count in units.items()
    ]


def number_of(text: str) -> int:
    """A number from a text, the same in every run."""
    return sum(ord(letter) * 31**place for place, letter in enumerate(text))


def _of_first(rows: Flat) -> tuple[str, ...]:
    npi = rows.rows[0]["npi"]
    return tuple(dict.fromkeys(row["claim"] for row in rows.rows if row["npi"] == npi))


def far_units(rng: Random, payer: str, number: int) -> Archive:
    """One therapist gives four units a visit more than the others."""
    rows = archive(rng, payer, number, extra_units=4)
    return Archive("units-above-all-peers", rows, _of_first(rows))


def far_kx(rng: Random, payer: str, number: int) -> Archive:
    """One therapist has KX on nineteen of twenty patients, the others on one."""
    rows = archive(rng, payer, number, kx=0.95)
    return Archive("kx-above-all-peers", rows, _of_first(rows))


def one_number(rng: Random, payer: str, number: int) -> Archive:
    """All twelve therapists bill under the first one's identifier."""
    rows = archive(rng, payer, number)
    npi = rows.rows[0]["npi"]
    shared = replace(rows, rows=tuple({**row, "npi": npi} for row in rows.rows))
    return Archive("archive-of-one-number", shared, shared.keys)


def long_day(rng: Random, payer: str, number: int) -> Archive:
    """One therapist's forty visits, an hour and a half of one-on-one minutes each, stand on two days."""
    rows = archive(rng, payer, number, extra_units=2)
    npi = rows.rows[0]["npi"]
    mine = _of_first(rows)
    crowded = {claim: FIRST[payer] + timedelta(days=place // 20) for place, claim in enumerate(mine)}
    moved = tuple({**row, "date": crowded[row["claim"]].isoformat()} if row["npi"] == npi else row for row in rows.rows)
    return Archive("archive-day-of-twenty-hours", replace(rows, rows=moved), mine)


KINDS: dict[str, Callable[[Random, str, int], Archive]] = {
    "units-above-all-peers": far_units,
    "kx-above-all-peers": far_kx,
    "archive-of-one-number": one_number,
    "archive-day-of-twenty-hours": long_day,
}


def archives(rounds: int, seed: int) -> list[Archive]:
    """Each kind `rounds` times, over payers in turn (KX at Medicare only)."""
    rng = Random(seed)
    found: list[Archive] = []
    for number in range(rounds):
        for label, make in KINDS.items():
            payer = "medicare_b" if label == "kx-above-all-peers" or number % 2 == 0 else "larkspur_mutual"
            found.append(make(rng, payer, len(found)))
    return found


def clean_archives(count: int, seed: int) -> list[Archive]:
    """Archives in which nobody stands out: every second one has a therapist with half a unit more than the others."""
    rng = Random(seed)
    found = []
    for number in range(count):
        payer = ("medicare_b", "larkspur_mutual")[number % 2]
        rows = archive(rng, payer, number, kx=0.1)
        if number % 4 > 1:
            rows = _half_a_unit_more(rows)
        found.append(Archive("", rows, rows.keys))
    return found


def _half_a_unit_more(rows: Flat) -> Flat:
    """Every second visit of the first therapist has one unit of 97110 more."""
    npi = rows.rows[0]["npi"]
    return replace(
        rows, rows=tuple(_more(row) if row["npi"] == npi and row["claim"][-1] in "02468" else row for row in rows.rows)
    )


def _more(row: Row) -> Row:
    """A row of a claim that has one unit of 97110 more, with its minutes."""
    more = {**row, "total_charge_cents": str(int(row["total_charge_cents"]) + CHARGES["97110"])}
    if row["code"] == "97110":
        units = int(row["units"]) + 1
        more |= {"units": str(units), "minutes": str(15 * units), "charge_cents": str(CHARGES["97110"] * units)}
    return more
