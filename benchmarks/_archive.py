"""An archive of synthetic outpatient therapy claims, as wide and as repetitive as a real one, of any size.

Patients come in episodes of visits, visits have one to six lines, most lines are the same dozen codes; about one
line in ten has something the rules object to. Made with numpy, a million lines in a few seconds, from a seed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

_USUAL = (
    ("97110", "97140", "97112"),
    ("97110", "97140", "97530", "G0283"),
    ("97110", "97112", "97530", "97140"),
    ("97110", "97116", "97112"),
    ("97530", "97112", "97140", "97535"),
    ("97110", "97140"),
    ("97110", "97035", "97140", "97530"),
    ("97150",),
    ("97110", "97112", "97116", "97530", "97140"),
    ("97113", "97140"),
    ("97161", "97110", "97140"),
    ("97110", "97140", "97014"),
)
_PROGRAMS = (*_USUAL * 5, ("97110", "97140", "97110"))
"""What visits bill; one in sixty bills a code on two lines."""

_DIAGNOSES = ("M54.50", "M25.561", "M25.511", "M54.2", "M17.11", "M75.121", "S83.511D", "R26.89", "M62.81", "Z47.1")
_PAYERS = (*("medicare_b",) * 5, *("uhc_commercial",) * 2, "aetna", "cigna", "tricare")
_STATES = ("national",)
_FIRST_DAY = np.datetime64("2025-01-02")
_DAYS = 690
_VISITS_A_PATIENT = 9
_LINES_A_VISIT = np.array([len(program) for program in _PROGRAMS])


def write(path: Path, lines: int, seed: int = 1) -> int:
    """Write about that many lines to Parquet files of a million each in the folder; the exact number is returned."""
    path.mkdir(parents=True, exist_ok=True)
    written = 0
    for number, frame in enumerate(frames(lines, seed)):
        frame.write_parquet(path / f"lines-{number:04}.parquet", compression="zstd")
        written += frame.height
    return written


def frames(lines: int, seed: int = 1) -> Iterator[pl.DataFrame]:
    """The same as frames of about a million lines; a patient's claims are never parted."""
    each = 1_000_000
    start = 0
    for number in range(max(1, -(-lines // each))):
        wanted = min(each, lines - number * each)
        yield _frame(np.random.default_rng([seed, number]), wanted, start)
        start += wanted


def _frame(random: np.random.Generator, lines: int, start: int) -> pl.DataFrame:
    visits = max(1, int(lines / _LINES_A_VISIT.mean()))
    patients = max(1, visits // _VISITS_A_PATIENT)
    patient = np.sort(random.integers(0, patients, visits))
    first = np.searchsorted(patient, patient)
    place_in_episode = np.arange(visits) - first
    begins = random.integers(0, _DAYS - 120, patients)[patient]
    day = _FIRST_DAY + np.minimum(begins + place_in_episode * 3, _DAYS)
    payer = _of(_PAYERS, random, patients)[patient]
    clinic = random.integers(0, 40, patients)[patient]
    therapist = clinic * 6 + random.integers(0, 6, visits)
    program = random.integers(0, len(_PROGRAMS), visits)
    count = _LINES_A_VISIT[program]
    visit = np.repeat(np.arange(visits), count)
    place = np.arange(len(visit)) - np.repeat(np.cumsum(count) - count, count)
    padded = np.array([[*codes, *("",) * (_LINES_A_VISIT.max() - len(codes))] for codes in _PROGRAMS])
    code = padded[program[visit], place]
    assisted = (random.random(visits) < 0.2)[visit]
    odd = random.random(len(visit))
    modifiers = np.where(odd < 0.02, "", np.where(assisted, "GP CQ", "GP"))
    modifiers = np.where((odd > 0.95) & (modifiers == "GP"), "GP KX", modifiers)
    modifiers = np.where((code == "97140") & (odd > 0.5) & (odd < 0.6), "59 GP", modifiers)
    units = np.where(random.random(len(visit)) < 0.7, 1, 2)
    units = np.where(odd < 0.003, 9, units)
    referring = np.array([npi(1_300_000_00 + number) for number in range(500)])[random.integers(0, 500, visits)]
    first_diagnosis = _of(_DIAGNOSES, random, patients)[patient]
    second = _of(_DIAGNOSES, random, patients)[patient]
    diagnoses = np.where(first_diagnosis == second, first_diagnosis, first_diagnosis + (" " + second))
    clinics = np.array([npi(1_500_000_00 + number) for number in range(40)])
    therapists = np.array([npi(1_700_000_00 + number) for number in range(240)])
    births = np.datetime64("1940-01-01") + random.integers(0, 20_000, patients)
    columns: dict[str, npt.NDArray[np.generic]] = {
        "claim": (visit + start).astype("U12"),
        "patient": np.char.add("P", (patient[visit] + start).astype("U12")),
        "date": day[visit],
        "payer": payer[visit],
        "place": np.full(len(visit), "11"),
        "billing_npi": clinics[clinic][visit],
        "rendering_npi": therapists[therapist][visit],
        "referring_npi": referring[visit],
        "birth_date": births[patient][visit],
        "locality": _of(_STATES, random, 40)[clinic][visit],
        "diagnoses": diagnoses[visit],
        "code": code,
        "modifiers": modifiers,
        "units": units,
        "charge_cents": units * 6_500,
        "pointers": np.where(first_diagnosis == second, "1", "1 2")[visit],
    }
    return pl.DataFrame(
        {name: pl.Series(values.tolist() if values.dtype.kind == "U" else values) for name, values in columns.items()}
    )


def npi(stem: int) -> str:
    """A National Provider Identifier of ten digits with its check digit, from its first nine."""
    digits = f"80840{stem:09}"
    total = sum(
        int(digit) if place % 2 else sum(divmod(2 * int(digit), 10)) for place, digit in enumerate(reversed(digits))
    )
    return f"{stem:09}{-total % 10}"


def _of(choices: tuple[str, ...], random: np.random.Generator, count: int) -> npt.NDArray[np.str_]:
    return np.array(choices)[random.integers(0, len(choices), count)]
