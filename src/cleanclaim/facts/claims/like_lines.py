"""Lines that stand twice: in the claim itself, or on another claim of the same patient, day and therapist.

Two lines are the same when code, day and modifiers are the same; on two claims also payer, order of coverage and
rendering provider. A payer without a payer file is known by the number by which it is reached. A claim that voids
another takes its lines away. Two lines of one code in a claim are alike when no modifier tells them apart. Lines of
history are compared with, never answered for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import NamedTuple

import numpy as np
import polars as pl

from cleanclaim.facts.keys import joined
from cleanclaim.facts.kit import Context, Stage
from cleanclaim.facts.spread import Repeated
from cleanclaim.lines.schema import CENTS, COUNT, FLAG, TEXT, Column
from cleanclaim.pricing.distinct import distinct
from cleanclaim.pricing.exact import Flags, Integers, absent, flags, integers
from cleanclaim.pricing.kinds import numbers

_FEW = 1_000
"""Up to this many lines all are looked at; beyond it only those whose patient, day and code come twice."""

_VOID = "8"
_TELLS_APART = frozenset(
    "CQ CO 59 XE XP XS XU 76 77 KX GA GX GY GZ LT RT 52 GP GO GN"  # noqa: SIM905 - read as a list
    " 26 TC 54 55 56 62 66 80 81 82 AS 50 53 58 78 79 91 E1 E2 E3 E4 LC LD LM RC RI"
    " FA F1 F2 F3 F4 F5 F6 F7 F8 F9 TA T1 T2 T3 T4 T5 T6 T7 T8 T9".split()
)
"""Modifiers for which one code stands on two lines: who furnished it, when, where, which part of it, under which
statement."""
_OF_ANOTHER_CHARGE = frozenset("26 TC 50 52 53 54 55 56 62 66 80 81 82 AS".split())  # noqa: SIM905 - read as a list
"""Modifiers of a part or a multiple of a service, which has a charge of its own."""

_CLAIM = (
    "claim_id",
    "claim_key",
    "patient_id",
    "is_history",
    "knows_history",
    "payer",
    "payer_identifier",
    "coverage_order",
    "rendering_npi",
    "frequency_code",
)
_LINE = ("line_id", "claim_id", "line_number", "code", "line_date", "modifiers", "units", "charge_cents")

_COLUMNS = (
    Column("same_line_number", COUNT, "position", "earlier line of the claim with code, day, modifiers; 0 for none"),
    Column("same_line_claim", TEXT, "text", "another claim with the same line; empty for none"),
    Column("like_line_number", COUNT, "position", "earlier line with the code, told apart by no modifier; 0 for none"),
    Column(
        "unit_charge_line_number",
        COUNT,
        "position",
        "first line of the claim with the same part of the code; 0: this one",
    ),
    Column("unit_charge_line_units", COUNT, "units", "units of that line"),
    Column("unit_charge_line_cents", CENTS, "cents", "charge of that line"),
    Column("unit_charge_differs", FLAG, "flag", "charged otherwise for a unit than on that line"),
)


class _Claim(NamedTuple):
    claim_id: int
    key: str | None
    patient_id: int
    is_history: bool
    knows_history: bool | None
    payer: str | None
    payer_identifier: str | None
    order: str | None
    rendering: str | None
    frequency: str | None


class _Line(NamedTuple):
    line_id: int
    claim_id: int
    number: int
    code: str | None
    day: date | None
    modifiers: frozenset[str]
    units: int | None
    cents: int | None


Answer = tuple[int | None, str | None, int | None, int | None, int | None, int | None, bool | None]


def _compare(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame | Repeated:  # noqa: ARG001
    claims, lines = frames["claims"], frames["lines"]
    knows = flags(claims.get_column("knows_history")).yes[integers(lines.get_column("claim_id")).values]
    # Most lines have no like: they share two answers, and the others follow.
    answers: list[Answer] = [_ALONE, _ALONE_AT_HAND]
    place = np.where(knows, 0, 1)
    if claims.height == 1 and _all_differ(lines.get_column("code").to_list()):
        return _frame(answers)[place]
    asked, claims, lines = lines, claims.select(_CLAIM), lines.select(_LINE)
    met = lines[_met(claims, asked)] if lines.height > _FEW else lines
    owners = claims if met is lines else claims[met.get_column("claim_id").unique().sort()]
    by_id = {row[0]: _Claim(*row) for row in owners.iter_rows()}
    of_claim: dict[int, list[_Line]] = defaultdict(list)
    alike: dict[tuple[int, date, str], list[_Line]] = defaultdict(list)
    loose: dict[int, list[_Line]] = defaultdict(list)
    of_patient: dict[int, list[_Line]] = defaultdict(list)
    # Column by column: a row with a list among its cells is slow to take.
    cells = [met.get_column(name).to_list() for name in _LINE]
    cells[_LINE.index("modifiers")] = list(map(frozenset, cells[_LINE.index("modifiers")]))
    for line in map(_Line._make, zip(*cells, strict=True)):
        of_claim[line.claim_id].append(line)
        patient = by_id[line.claim_id].patient_id
        of_patient[patient].append(line)
        if line.code is None or line.day is None:
            loose[patient].append(line)
        else:
            alike[patient, line.day, line.code].append(line)
    for claim_id, own in of_claim.items():
        claim = by_id[claim_id]
        if claim.is_history:
            continue
        for number, line in enumerate(own):
            earlier = own[:number]
            if line.code is None or line.day is None:
                mates = of_patient[claim.patient_id]
            else:
                mates = [*alike[claim.patient_id, line.day, line.code], *loose[claim.patient_id]]
            place[line.line_id] = len(answers)
            answers.append((*_twice(line, earlier, mates, claim, by_id), *_charged(line, earlier)))
    return Repeated(_frame(answers), place)


def _frame(answers: list[Answer]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            pl.Series(column.name, [answer[place] for answer in answers], dtype=column.dtype)
            for place, column in enumerate(_COLUMNS)
        ]
    )


def _all_differ(codes: list[str | None]) -> bool:
    """Whether every line has a code of its own, as on most claims."""
    return None not in codes and len(set(codes)) == len(codes)


_ALONE: Answer = (0, "", 0, 0, 0, 0, False)
_ALONE_AT_HAND: Answer = (0, None, 0, 0, 0, 0, False)
"""The same where the patient's other claims are not at hand."""


def _met(claims: pl.DataFrame, lines: pl.DataFrame) -> Integers:
    """Lines whose patient, day and code come twice, and all lines of patients with a line of unknown code or day."""
    owner = integers(lines.get_column("claim_id")).values
    code, day = lines.get_column("code"), lines.get_column("line_date")
    patient = numbers(claims.get_column("patient_id")).take(owner)
    visit = joined(patient, numbers(day))
    # A code comes twice in a claim, where its code of the day has two lines, or where a day has two claims: codes are
    # compared among those lines alone.
    day_code = integers(lines.get_column("day_code_id")).values
    near = (np.bincount(day_code) > 1)[day_code] | _shared(visit.values, owner)
    rows = np.flatnonzero(near)
    told = distinct(joined(visit.take(rows), numbers(code.gather(rows))).values)
    met = np.zeros(lines.height, np.bool_)
    met[rows[(np.bincount(told.of_row) > 1)[told.of_row]]] = True
    if code.null_count() or day.null_count():
        holes = np.zeros(int(patient.values.max()) + 1, np.bool_)
        holes[patient.values[absent(code) | absent(day)]] = True
        met |= holes[patient.values]
    return np.flatnonzero(met)


def _shared(visit: Integers, owner: Integers) -> Flags:
    """Lines of visits that two claims have lines of."""
    told = distinct(visit)
    several = np.zeros(len(told.first), np.bool_)
    several[told.of_row[owner[told.first][told.of_row] != owner]] = True
    return several[told.of_row]


def _twice(
    line: _Line, earlier: list[_Line], mates: list[_Line], claim: _Claim, by_id: Mapping[int, _Claim]
) -> tuple[int | None, str | None, int | None]:
    """Where the line stands twice: earlier in the claim, on another claim, and alike earlier in the claim."""
    same = _number(line, earlier, _same)
    like = _number(line, earlier, _alike)
    hit = possible = False
    found = ""
    for mate in mates:
        if mate.claim_id == claim.claim_id:
            continue
        owner = by_id[mate.claim_id]
        if owner.patient_id != claim.patient_id:
            continue
        if not owner.is_history and owner.claim_id > claim.claim_id:
            continue
        answer = _both(_same(line, mate), _agree(claim, owner))
        if answer and owner.frequency == _VOID:
            return same, "", like
        if answer and owner.frequency is not None:
            hit, found = True, owner.key or ""
        elif answer is not False:
            possible = True
    if hit:
        return same, found, like
    return same, None if possible or not claim.knows_history else "", like


def _charged(line: _Line, earlier: list[_Line]) -> tuple[int | None, int | None, int | None, bool | None]:
    """The first line with the same part of the code, its units and charge, and whether a unit is charged otherwise."""
    if line.code is None:
        return (None, None, None, None) if earlier else (0, 0, 0, False)
    own = line.modifiers & _OF_ANOTHER_CHARGE
    first = next(
        (before for before in earlier if before.code == line.code and before.modifiers & _OF_ANOTHER_CHARGE == own),
        None,
    )
    if first is None:
        return (None, None, None, None) if any(before.code is None for before in earlier) else (0, 0, 0, False)
    if line.cents is None or line.units is None or first.cents is None or first.units is None:
        return first.number, first.units, first.cents, None
    return first.number, first.units, first.cents, line.cents * first.units != first.cents * line.units


def _number(line: _Line, earlier: Iterable[_Line], told: Callable[[_Line, _Line], bool | None]) -> int | None:
    """The number of the first earlier line that is told to be so; 0 for none; null where one cannot be told."""
    unknown = False
    for before in earlier:
        answer = told(line, before)
        if answer:
            return before.number
        unknown = unknown or answer is None
    return None if unknown else 0


def _equal(own: object, other: object) -> bool | None:
    return None if own is None or other is None else own == other


def _both(*answers: bool | None) -> bool | None:
    """Whether all are true: false decides, then unknown."""
    if False in answers:
        return False
    return None if None in answers else True


def _same(line: _Line, other: _Line) -> bool | None:
    if line.modifiers != other.modifiers:
        return False
    return _both(_equal(line.code, other.code), _equal(line.day, other.day))


def _alike(line: _Line, other: _Line) -> bool | None:
    apart = line.modifiers ^ other.modifiers
    if not apart or apart & _TELLS_APART:
        return False
    return _both(_equal(line.code, other.code), _equal(line.day, other.day))


def _same_payer(claim: _Claim, other: _Claim) -> bool | None:
    """Whether both go to one payer. Where a payer has no file, one number is one payer; two may be of one payer too."""
    told = _equal(claim.payer, other.payer)
    if told is None and claim.payer_identifier and claim.payer_identifier == other.payer_identifier:
        return True
    return told


def _agree(claim: _Claim, other: _Claim) -> bool | None:
    """Whether payer, order of coverage and therapist are the same."""
    return _both(
        _same_payer(claim, other),
        _equal(claim.order, other.order),
        _equal(claim.rendering, other.rendering),
    )


stage = Stage(
    name="like-lines",
    over="lines",
    needs=(*_LINE, "day_code_id"),
    reads=tuple(("claims", name) for name in _CLAIM),
    adds=_COLUMNS,
    compute=_compare,
    lacks="code, day, units, charge of each line; the patient's other claims with payer (its file or its identifier), "
    "order, therapist, frequency",
)
