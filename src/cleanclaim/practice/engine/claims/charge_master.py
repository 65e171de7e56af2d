"""The dated charge master: what is in force on a day, changes from a day on, and charges below what payers allow.

A charge holds from its day until the day before the next one of its code begins, or through the day it was ended.
Amounts are integer cents. Prices are the engine's own.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl
from django.db import transaction
from django.db.models import Q

from cleanclaim.money import AmountError, divide, parse_cents
from cleanclaim.practice.models import Charge, Clinic, ClinicPayer
from cleanclaim.pricing.line_prices import CLAIM_COLUMNS, LINE_COLUMNS, price_table
from cleanclaim.reference import payers
from cleanclaim.reference.payers import Payer

_ONE_DAY = timedelta(days=1)
_CODE = re.compile(r"\d{4}[0-9TF]|[A-Z]\d{4}")
_TENTHS_OF_A_PERCENT = 1_000
_MOST_CENTS = 1_000_000
_BY_DAY = "per_diem"
"""How a payer pays that allows an amount for a day, whatever its codes."""
COLUMNS = ("code", "charge", "from")
"""Columns of a file of charges; `from` may be left out where one day is given for the whole file."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """The most that a payer of the clinic allows for one unit of a code, and which payer that is."""

    cents: int
    payer: str


@dataclass(frozen=True, slots=True)
class NewCharge:
    """A charge to be set."""

    code: str
    cents: int
    valid_from: date


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with a row of a file: its number from 1 (the heading is row 1), the field, what was expected."""

    row: int
    field: str
    expected: str


def in_force(on: date) -> list[Charge]:
    """The clinic's charges that hold on a day, by code; the clinic is in scope."""
    held = Charge.objects.filter(valid_from__lte=on).filter(Q(valid_through=None) | Q(valid_through__gte=on))
    latest: dict[str, Charge] = {}
    for charge in held.order_by("code", "valid_from"):
        latest[charge.code] = charge
    return [latest[code] for code in sorted(latest)]


@transaction.atomic
def set_charges(clinic: Clinic, charges: Iterable[NewCharge]) -> int:
    """Set charges from their days on, each ending the one before it; returns how many were written.

    A charge of the same code and day is replaced. One that begins later stays, and ends the new one before it begins.
    """
    written = 0
    for new in charges:
        own = list(Charge.objects.select_for_update().filter(code=new.code).order_by("valid_from"))
        later = next((one for one in own if one.valid_from > new.valid_from), None)
        same = next((one for one in own if one.valid_from == new.valid_from), None)
        through = later.valid_from - _ONE_DAY if later else None
        for one in own:
            is_open = one.valid_through is None or one.valid_through >= new.valid_from
            if one.valid_from < new.valid_from and is_open:
                one.valid_through = new.valid_from - _ONE_DAY
                one.save_if_unchanged(one.version, "valid_through")
        if same is not None:
            same.cents = new.cents
            same.save_if_unchanged(same.version, "cents")
        else:
            Charge.objects.create(
                clinic=clinic, code=new.code, cents=new.cents, valid_from=new.valid_from, valid_through=through
            )
        written += 1
    return written


def raised(charges: Sequence[Charge], tenths_of_a_percent: int, valid_from: date, *, to: int = 1) -> list[NewCharge]:
    """Charges changed by a share and rounded to a multiple of `to` cents, half away from zero.

    Args:
        charges: as they are.
        tenths_of_a_percent: 35 raises by 3.5 %; a negative one lowers.
        valid_from: the day from which they hold.
        to: 1 for cents, 100 for whole dollars.
    """
    whole = _TENTHS_OF_A_PERCENT
    return [
        NewCharge(charge.code, to * divide(charge.cents * (whole + tenths_of_a_percent), whole * to), valid_from)
        for charge in charges
    ]


def read_charges(text: str, otherwise: date | None) -> tuple[list[NewCharge], list[RowProblem]]:
    """Charges of a CSV file with the columns `code`, `charge` in dollars, and `from`; good rows, and what is wrong.

    Args:
        text: the file.
        otherwise: from when a row without a day holds; `None` where each row must have its own.
    """
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    heading = [name.strip().lower() for name in next(rows, [])]
    missing = [name for name in COLUMNS[:2] if name not in heading]
    if otherwise is None and "from" not in heading:
        missing.append("from")
    if missing:
        return [], [RowProblem(1, ", ".join(missing), f"columns {', '.join(COLUMNS)} in the heading")]
    found: list[NewCharge] = []
    problems: list[RowProblem] = []
    seen: set[tuple[str, date]] = set()
    for number, cells in enumerate(rows, start=2):
        row = dict(zip(heading, (cell.strip() for cell in cells), strict=False))
        if not any(row.values()):
            continue
        charge = _charge(number, row, otherwise)
        if isinstance(charge, RowProblem):
            problems.append(charge)
        elif (charge.code, charge.valid_from) in seen:
            problems.append(RowProblem(number, "code", "each code once a day"))
        else:
            seen.add((charge.code, charge.valid_from))
            found.append(charge)
    return found, problems


def _charge(number: int, row: Mapping[str, str], otherwise: date | None) -> NewCharge | RowProblem:
    code = row.get("code", "").upper()
    if not _CODE.fullmatch(code):
        return RowProblem(number, "code", "a procedure code of five characters")
    try:
        cents = parse_cents(row.get("charge", ""))
    except AmountError:
        cents = -1
    if not 0 < cents <= _MOST_CENTS:
        return RowProblem(number, "charge", "dollars above zero, such as 95.00")
    written = row.get("from", "")
    try:
        day = date.fromisoformat(written) if written else otherwise
    except ValueError:
        day = None
    if day is None:
        return RowProblem(number, "from", "a day as YYYY-MM-DD")
    return NewCharge(code, cents, day)


def is_code(text: str) -> bool:
    """Whether a text has the form of a procedure code."""
    return _CODE.fullmatch(text) is not None


def most_allowed(clinic: Clinic, codes: Sequence[str], on: date, packs: Mapping[str, Payer]) -> dict[str, Allowed]:
    """The most that any of the clinic's payers allows for one unit of each code on a day, where a price is known.

    Each code is priced alone, so that no reduction for several procedures is in it: a charge below that loses money
    on some claim. Payers that pay by the day, and not by code, are left out. The clinic is in scope.
    """
    billed = sorted(set(ClinicPayer.objects.values_list("payer", "name", "in_network")))
    if not billed or not codes:
        return {}
    asked = [(payer, name, network, code) for payer, name, network in billed for code in codes]
    claims = pl.DataFrame(
        {
            "patient_id": range(len(asked)),
            "date_of_service": [on] * len(asked),
            "payer": [payer for payer, *_rest in asked],
            "coverage_order": ["primary"] * len(asked),
            "in_network": [network for _payer, _name, network, _code in asked],
            "discipline": ["PT"] * len(asked),
            "place_of_service": ["11"] * len(asked),
            "locality": [clinic.locality or None] * len(asked),
            "billing_npi": [clinic.npi] * len(asked),
            "billing_tax_id": [clinic.tax_id] * len(asked),
            "deductible_met_cents": [None] * len(asked),
            "ytd_as_of": [None] * len(asked),
        }
    )
    settings = payers.resolve(claims.select("payer", date="date_of_service"), packs.values())
    claims = claims.join(
        settings, left_on=["payer", "date_of_service"], right_on=["payer", "date"], how="left", maintain_order="left"
    )
    lines = pl.DataFrame(
        {
            "claim_id": range(len(asked)),
            "code": [code for *_rest, code in asked],
            "modifiers": [[] for _one in asked],
            "units": [1] * len(asked),
            "charge_cents": [None] * len(asked),
        }
    )
    known = [packs.get(payer) or _shipped(payer) for payer, *_rest in billed]
    priced = price_table(
        claims.select(pl.col(name).cast(kind) for name, kind in CLAIM_COLUMNS.items()),
        lines.select(pl.col(name).cast(kind) for name, kind in LINE_COLUMNS.items()),
        fees=payers.fees([pack for pack in known if pack is not None]),
    )
    found: dict[str, Allowed] = {}
    is_by_code = (claims["payer_price_basis_kind"] != _BY_DAY).fill_null(value=False)
    for (_payer, name, _network, code), cents, by_code in zip(asked, priced["allowed_cents"], is_by_code, strict=True):
        if by_code and cents is not None and (code not in found or found[code].cents < cents):
            found[code] = Allowed(cents, name)
    return found


def _shipped(payer: str) -> Payer | None:
    try:
        return payers.get(payer)
    except payers.UnknownPayerError:
        return None
