"""Single defects in flat rows: one cell, or one cell of all rows of a claim, says something wrong.

Where a cell cannot be read at all, its claim is set aside and told so; that counts as found for such a kind only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from tests.generator.arithmetic import luhn_holds
from tests.generator.clean import Maker, Wish
from tests.generator.rows import Flat, a_flat
from tests.generator.terms import TIMED

MEDICARE = Wish(payer="medicare_b")
LARKSPUR = Wish(payer="larkspur_mutual")
PRAIRIE = Wish(payer="prairie_health_plan")
STONEGATE = Wish(payer="stonegate_casualty")
ANY = (MEDICARE, LARKSPUR, PRAIRIE, STONEGATE)
UNEVALUATED = tuple(replace(wish, evaluation=False, mode="pt") for wish in ANY)

Change = Callable[[Flat, Random], Flat | None]


@dataclass(frozen=True, slots=True)
class Slip:
    """One kind of defect."""

    label: str
    sentence: str
    wishes: tuple[Wish, ...]
    change: Change


@dataclass(frozen=True, slots=True)
class Slipped:
    """Rows with one defect: the label, the clean rows, and the claims it may be reported on."""

    label: str
    clean: Flat
    defective: Flat
    keys: tuple[str, ...]


SLIPS: dict[str, Slip] = {}


def slip(label: str, sentence: str, *wishes: Wish) -> Callable[[Change], Change]:
    """Register a kind of defect; the wishes are taken in turn."""

    def keep(change: Change) -> Change:
        assert label not in SLIPS, label
        SLIPS[label] = Slip(label, sentence, wishes or ANY, change)
        return change

    return keep


def slipped(count: int, seed: int) -> list[Slipped]:
    """`count` defects, spread evenly over the kinds, each in rows of its own."""
    maker = Maker(seed, "F")
    rng = Random(seed + 31)
    kinds = list(SLIPS.values())
    found = []
    for number in range(count):
        kind = kinds[number % len(kinds)]
        wish = kind.wishes[(number // len(kinds)) % len(kind.wishes)]
        for _ in range(200):
            clean = a_flat(maker, wish)
            wrong = kind.change(clean, rng)
            if wrong is not None:
                break
        else:
            raise AssertionError(f"{kind.label}: no rows fit")
        assert wrong != clean, kind.label
        found.append(Slipped(kind.label, clean, wrong, wrong.keys))
    return found


def _claim(rows: Flat, **cells: str) -> Flat:
    """The last claim with cells changed in each of its rows."""
    wanted = set(rows.last())
    return replace(
        rows, rows=tuple({**row, **cells} if place in wanted else row for place, row in enumerate(rows.rows))
    )


def _row(rows: Flat, place: int, **cells: str) -> Flat:
    """One row with cells changed, the claim's total with them."""
    new = replace(rows, rows=tuple({**row, **cells} if index == place else row for index, row in enumerate(rows.rows)))
    charges = [new.rows[index]["charge_cents"] for index in new.last()]
    if all(text.lstrip("-").isdigit() for text in charges):
        return _claim(new, total_charge_cents=str(sum(int(text) for text in charges)))
    return new


def _any(rows: Flat, rng: Random) -> int:
    return rng.choice(rows.last())


def _timed(rows: Flat, rng: Random) -> int | None:
    places = [place for place in rows.last() if rows.rows[place]["code"] in TIMED]
    return rng.choice(places) if places else None


def _day(rows: Flat) -> date:
    return date.fromisoformat(rows.rows[-1]["date"])


def _cell_kinds() -> None:
    """Kinds that put one text in one cell of a claim: label, sentence, cells, texts to choose from, wishes."""
    npi = "1999001001"
    assert not luhn_holds(f"80840{npi}")
    for label, sentence, cell, texts, wishes in (
        ("row-total-differs", "The claim's total is not the sum of its lines.", "total_charge_cents", ("1", "999999"), ANY),
        ("row-born-in-the-future", "The patient is born after the day of service.", "birth_date", ("2029-05-04",), ANY),
        ("row-birth-date-impossible", "The patient would be more than 130 years old.", "birth_date", ("1878-05-04",), ANY),
        ("row-date-of-no-calendar", "The day of service is none of the calendar.", "date", ("2026-02-30", "13/13/2026", "soon"), ANY),
        ("row-sex-unknown-to-claims", "The patient's sex is none of the three that a claim knows.", "sex", ("X", "W"), ANY),
        ("row-member-number-missing", "The policy has no member number.", "member_id", ("",), ANY),
        ("row-medicare-number-malformed", "The Medicare number has not the form of one.", "member_id", ("123456789A", "1SG4TE5MK73"), (MEDICARE,)),
        ("row-payer-number-missing", "Nobody knows the number under which the payer is reached.", "payer_identifier", ("",), ANY),
        ("row-patient-name-missing", "The patient has no family name.", "patient_family_name", ("",), ANY),
        ("row-patient-street-missing", "The patient's address lacks its street.", "patient_street", ("",), ANY),
        ("row-patient-state-unknown", "The patient's state is none of the USA.", "patient_state", ("XX", "ZZ"), ANY),
        ("row-patient-zip-malformed", "The patient's ZIP code has neither five nor nine digits.", "patient_zip", ("6061", "60616-01"), ANY),
        ("row-patient-zip-of-other-state", "The patient's ZIP code lies in another state.", "patient_state", ("CA", "NY"), ANY),
        ("row-place-unknown", "The place of service is not a place of the list.", "pos", ("98", "00"), ANY),
        ("row-billing-npi-wrong", "The clinic's identifier fails its check digit.", "billing_npi", (npi,), ANY),
        ("row-rendering-npi-wrong", "The therapist's identifier fails its check digit.", "npi", (npi,), ANY),
        ("row-rendering-npi-missing", "The claim names no therapist.", "npi", ("",), ANY),
        ("row-referring-npi-wrong", "The referring provider's identifier fails its check digit.", "referring_npi", (npi,), (MEDICARE, STONEGATE)),
        ("row-referring-missing", "A Medicare claim names nobody who certified the care.", "referring_npi", ("",), (MEDICARE,)),
        ("row-supervising-npi-wrong", "The supervising provider's identifier fails its check digit.", "supervising_npi", (npi,), ANY),
        ("row-tax-number-malformed", "The clinic's tax number has not nine digits.", "billing_tax_id", ("00123",), ANY),
        ("row-tax-number-missing", "The clinic has no tax number.", "billing_tax_id", ("",), ANY),
        ("row-taxonomy-malformed", "The clinic's taxonomy code is not ten characters.", "billing_taxonomy", ("261QP2",), ANY),
        ("row-therapist-is-surgeon", "The therapist's taxonomy code is that of an orthopedic surgeon.", "rendering_taxonomy", ("207X00000X",), ANY),
        ("row-clinic-phone-malformed", "The clinic's telephone number has not ten digits.", "billing_phone", ("5550100", "000"), ANY),
        ("row-clinic-zip-short", "The clinic's ZIP code lacks its last four digits.", "billing_zip", ("60616",), (MEDICARE, PRAIRIE)),
        ("row-clinic-box", "The clinic's billing address is a post office box.", "billing_street", ("PO Box 555", "P.O. Box 7"), ANY),
        ("row-frequency-unknown", "The claim's frequency is none that a claim has.", "frequency_code", ("9", "4"), ANY),
        ("row-replacement-without-reference", "A replacement does not say which claim it replaces.", "frequency_code", ("7", "8"), (LARKSPUR, PRAIRIE)),
        ("row-diagnosis-in-words", "A word stands where a diagnosis code belongs.", "diagnoses", ("PAIN", "LBP"), ANY),
        ("row-order-missing", "The payer wants an order and there is none.", "has_order", ("no",), (STONEGATE,)),
        ("row-under-home-health", "A home health episode covers the day, and Medicare pays therapy through it alone.", "under_home_health", ("yes",), (MEDICARE,)),
        ("row-treated-in-hospital", "A private practice bills Medicare for a patient in a hospital bed.", "pos", ("21",), (MEDICARE,)),
    ):  # fmt: skip
        slip(label, sentence, *wishes)(_cell(cell, texts))


def _cell(cell: str, texts: tuple[str, ...]) -> Change:
    def change(rows: Flat, rng: Random) -> Flat | None:
        new = _claim(rows, **{cell: rng.choice(texts)})
        return None if new == rows else new

    return change


_cell_kinds()


@slip("row-charge-zero", "A line is charged nothing.")
def _(rows: Flat, rng: Random) -> Flat:
    return _row(rows, _any(rows, rng), charge_cents="0")


@slip("row-charge-negative", "A line has a negative charge.")
def _(rows: Flat, rng: Random) -> Flat:
    place = _any(rows, rng)
    return _row(rows, place, charge_cents=f"-{rows.rows[place]['charge_cents']}")


@slip("row-units-zero", "A line has no units.")
def _(rows: Flat, rng: Random) -> Flat:
    return _row(rows, _any(rows, rng), units="0")


@slip("row-units-in-parts", "A line has a unit and a half.")
def _(rows: Flat, rng: Random) -> Flat:
    return _row(rows, _any(rows, rng), units=rng.choice(("1.5", "two", "1,5")))


@slip("row-code-too-short", "A code has not five characters.")
def _(rows: Flat, rng: Random) -> Flat:
    return _row(rows, _any(rows, rng), code=rng.choice(("9711", "X", "97110-GP")))


@slip("row-code-unknown", "A code is billed that does not exist.")
def _(rows: Flat, rng: Random) -> Flat:
    return _row(rows, _any(rows, rng), code=rng.choice(("97117", "97111")))


@slip("row-code-deleted", "A code is billed that ended years ago.")
def _(rows: Flat, rng: Random) -> Flat:
    return _row(rows, _any(rows, rng), code=rng.choice(("97001", "97762", "97532")))


@slip("row-modifier-of-three", "A modifier has three characters.")
def _(rows: Flat, rng: Random) -> Flat:
    return _row(rows, _any(rows, rng), modifiers="GPX")


@slip("row-modifier-unknown", "A modifier does not exist.")
def _(rows: Flat, rng: Random) -> Flat:
    place = _any(rows, rng)
    return _row(rows, place, modifiers=f"{rows.rows[place]['modifiers']} Y7".strip())


@slip(
    "row-therapy-modifier-missing",
    "A line of therapy lacks GP, and the payer wants it.",
    MEDICARE,
    PRAIRIE,
    Wish(payer="uhc_commercial"),
)
def _(rows: Flat, _rng: Random) -> Flat | None:
    places = [p for p in rows.last() if rows.rows[p]["modifiers"] == "GP" and rows.rows[p]["code"] != "95992"]
    return _row(rows, places[0], modifiers="") if places else None


@slip("row-assistant-modifier-missing", "An assistant gave the minutes and CQ is not there.",
      *(replace(wish, mode="pta", evaluation=False) for wish in (MEDICARE, PRAIRIE)))  # fmt: skip
def _(rows: Flat, _rng: Random) -> Flat | None:
    places = [p for p in rows.last() if rows.rows[p]["modifiers"] == "GP CQ"]
    return _row(rows, places[0], modifiers="GP") if places else None


@slip("row-assistant-modifier-unneeded", "A therapist gave the minutes and CQ cuts the pay.",
      *(replace(wish, mode="pt", evaluation=False) for wish in (MEDICARE, PRAIRIE)))  # fmt: skip
def _(rows: Flat, _rng: Random) -> Flat | None:
    places = [p for p in rows.last() if rows.rows[p]["modifiers"] == "GP"]
    return _row(rows, places[0], modifiers="GP CQ") if places else None


@slip("row-unit-too-many", "One more timed unit is billed than the minutes support.", *UNEVALUATED)
def _(rows: Flat, rng: Random) -> Flat | None:
    place = _timed(rows, rng)
    units = sum(int(rows.rows[p]["units"]) for p in rows.last() if rows.rows[p]["code"] in TIMED)
    if place is None or int(rows.rows[place]["units"]) > 3 or units > 3:
        return None
    return _row(rows, place, units=str(int(rows.rows[place]["units"]) + 1))


@slip("row-unit-too-few", "One timed unit fewer is billed than the minutes support.", *UNEVALUATED)
def _(rows: Flat, rng: Random) -> Flat | None:
    place = _timed(rows, rng)
    if place is None or rows.rows[place]["units"] == "1":
        return None
    return _row(rows, place, units=str(int(rows.rows[place]["units"]) - 1))


@slip("row-by-aide", "An aide's minutes are billed.", *UNEVALUATED)
def _(rows: Flat, rng: Random) -> Flat | None:
    place = _timed(rows, rng)
    return None if place is None else _row(rows, place, by="aide")


@slip("row-by-student", "A student's minutes are billed to Medicare.", UNEVALUATED[0])
def _(rows: Flat, rng: Random) -> Flat | None:
    place = _timed(rows, rng)
    return None if place is None else _row(rows, place, by="student")


@slip("row-in-a-group", "Minutes of a group are billed as one-on-one.", *UNEVALUATED)
def _(rows: Flat, rng: Random) -> Flat | None:
    place = _timed(rows, rng)
    return None if place is None else _row(rows, place, group_size=str(rng.randint(2, 5)))


@slip("row-pointer-beyond", "A line points at a diagnosis that the claim has not.")
def _(rows: Flat, rng: Random) -> Flat:
    place = _any(rows, rng)
    return _row(rows, place, pointers=f"1 {len(rows.rows[place]['diagnoses'].split()) + 1}")


@slip("row-diagnosis-twice", "A diagnosis stands twice.")
def _(rows: Flat, _rng: Random) -> Flat:
    codes = rows.rows[-1]["diagnoses"].split()
    return _claim(rows, diagnoses=" ".join((*codes, codes[0])))


@slip("row-diagnosis-without-dot", "A diagnosis is typed without its dot.")
def _(rows: Flat, _rng: Random) -> Flat | None:
    codes = rows.rows[-1]["diagnoses"]
    return _claim(rows, diagnoses=codes.replace(".", "")) if "." in codes else None


@slip("row-line-twice", "A line stands twice on a claim.")
def _(rows: Flat, rng: Random) -> Flat:
    again = rows.rows[_any(rows, rng)]
    more = replace(rows, rows=(*rows.rows, dict(again)))
    return _row(more, len(more.rows) - 1)


@slip("row-claim-twice", "A claim stands twice, under two numbers.")
def _(rows: Flat, _rng: Random) -> Flat:
    again = tuple({**rows.rows[place], "claim": f"{rows.keys[-1]}-2"} for place in rows.last())
    return replace(rows, rows=(*rows.rows, *again))


@slip("row-ends-before-it-begins", "A line ends before it begins.")
def _(rows: Flat, rng: Random) -> Flat:
    return _row(rows, _any(rows, rng), line_through=(_day(rows) - timedelta(days=1)).isoformat())


@slip("row-timed-line-over-days", "A timed line spans two days.", replace(MEDICARE, evaluation=False))
def _(rows: Flat, rng: Random) -> Flat | None:
    place = _timed(rows, rng)
    return None if place is None else _row(rows, place, line_through=(_day(rows) + timedelta(days=1)).isoformat())


@slip("row-authorization-missing", "The plan wants an authorization and the claim has none.",
      replace(PRAIRIE, evaluation=False), replace(STONEGATE, evaluation=False))  # fmt: skip
def _(rows: Flat, _rng: Random) -> Flat:
    return _claim(rows, authorization_number="", has_authorization="no")


@slip("row-accident-without-state", "An auto accident is named without the state it happened in.", LARKSPUR, PRAIRIE)
def _(rows: Flat, _rng: Random) -> Flat:
    return _claim(rows, accident_kind="auto", accident_on=rows.rows[-1]["onset_on"])


@slip("row-supervisor-is-the-therapist", "The supervising provider is the one who treated.")
def _(rows: Flat, _rng: Random) -> Flat:
    return _claim(rows, supervising_npi=rows.rows[-1]["npi"])


@slip("row-filed-too-late", "The payer's filing limit has passed.", MEDICARE, LARKSPUR, PRAIRIE, STONEGATE)
def _(rows: Flat, _rng: Random) -> Flat:
    return replace(rows, as_of=rows.as_of + timedelta(days=500))


@slip("row-of-a-day-to-come", "The day of service has not come yet.")
def _(rows: Flat, _rng: Random) -> Flat:
    return replace(rows, as_of=_day(rows) - timedelta(days=9))


@slip("row-modality-not-paid", "A supervised modality goes to a plan that pays for constant attendance alone.",
      replace(LARKSPUR, codes=("97110", "97012"), evaluation=False, mode="pt"))  # fmt: skip
def _(rows: Flat, _rng: Random) -> Flat:
    return _claim(rows, payer="bcbs_vt")  # facts_payers.md section 1: 8.03.VT02, 2021


def _second(rows: Flat, *, short: int, decided: date) -> Flat:
    """The last claim to a supplement, Medicare's answer on each line `short` cents short of the charge."""
    wanted = set(rows.last())
    new = []
    for place, row in enumerate(rows.rows):
        if place not in wanted:
            new.append({**row, **dict.fromkeys(ANSWER, "")})
            continue
        charge = int(row["charge_cents"])
        answer = ("1", str(charge * 2 // 5), str(charge - charge * 2 // 5 - short), decided.isoformat())
        new.append({**row, "order": "secondary", "prior_payers": "1", **dict(zip(ANSWER, answer, strict=True))})
    paid = sum(int(new[place]["line_prior_paid_cents"]) for place in wanted)
    earlier = {"prior_payers": "0", "prior_paid_cents": "0"}
    whole = {"prior_payers": "1", "prior_paid_cents": str(paid)}
    return replace(
        rows, rows=tuple({**row, **(whole if place in wanted else earlier)} for place, row in enumerate(new))
    )


ANSWER = ("prior_answers", "line_prior_paid_cents", "line_prior_adjusted_cents", "prior_adjudicated_on")
"""Columns of a line that tell what earlier payers decided."""


@slip(
    "row-answer-out-of-balance", "On a line to a second payer, paid and adjusted do not make up the charge.", LARKSPUR
)
def _(rows: Flat, rng: Random) -> Flat:
    return _second(rows, short=rng.choice((1, 500, -100)), decided=_day(rows) + timedelta(days=15))


@slip("row-answer-before-service", "The first payer is said to have decided before the visit.", LARKSPUR)
def _(rows: Flat, _rng: Random) -> Flat:
    return _second(rows, short=0, decided=_day(rows) - timedelta(days=1))
