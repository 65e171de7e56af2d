"""What a synthetic year is made of: the clinic, the doctors, the payers, the phrases, and who comes how often.

Everything lies in `data/` and is made up. A file that does not say what is expected is a `MaterialError`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Literal, TypeVar

from pydantic import Field, ValidationError

from cleanclaim.records import Clinic, Provider
from cleanclaim.records.model import NonNegative, ProcedureCode, Record
from cleanclaim.reference.payers import Payer, load_folder

R = TypeVar("R", bound=Record)


class MaterialError(ValueError):
    """A data file of the simulation that does not say what is expected."""


class Service(Record):
    """Something done at a visit: the code that is meant, and ways to say it (`{where}`: the part of the body)."""

    code: ProcedureCode
    is_timed: bool
    words: tuple[str, ...]


class Region(Record):
    """A part of the body: its diagnoses (`{side}` is the digit of the side), and what is done about it."""

    name: str
    has_side: bool
    diagnoses: tuple[tuple[str, ...], ...]
    injuries: tuple[tuple[str, ...], ...]
    timed: tuple[str, ...]
    untimed: tuple[str, ...]
    measures: tuple[str, ...]


class Sentences(Record):
    """What notes are made of besides what was done."""

    subjective: tuple[str, ...]
    response: tuple[str, ...]
    assessment: tuple[str, ...]
    plan: tuple[str, ...]
    goals: tuple[str, ...]
    progress: str


class Names(Record):
    """Of people and places."""

    family: tuple[str, ...]
    given: tuple[str, ...]
    streets: tuple[str, ...]
    cities: tuple[tuple[str, str], ...]
    employers: tuple[str, ...]


class Phrases(Record):
    """All words."""

    services: Mapping[str, Service]
    regions: tuple[Region, ...]
    notes: Sentences
    names: Names


class PayerMix(Record):
    """A payer of the clinic's patients: which share of them, how old, and how its numbers begin."""

    pack: str
    name: str
    identifier: str
    share: NonNegative
    ages: tuple[int, int]
    member: str
    wants_gp: bool = False
    wants_cq: bool = False
    stimulation: ProcedureCode = "G0283"
    has_no_stimulation: bool = False
    keeps_whole_blocks: bool = False
    authorization_visits: NonNegative = 0
    is_injury: bool = False
    secondary_share: NonNegative = 0


class SecondaryMix(Record):
    """The payer behind Medicare."""

    pack: str
    name: str
    identifier: str
    member: str
    plan_name: str


class Habits(Record):
    """What the people of the office do, as shares in hundredths of a percent, and in how many days."""

    adds_59: NonNegative
    adds_59_falsely: NonNegative
    pairs: tuple[tuple[ProcedureCode, ProcedureCode], ...]
    remembers_times: NonNegative
    adds_kx: NonNegative
    kx_from_visit: NonNegative
    works_denials: NonNegative
    work_days: tuple[int, int]
    mend_days: tuple[int, int]
    retroactive_approval: NonNegative
    appeals_further: NonNegative
    sends_again_unchanged: NonNegative
    repays_by_check: NonNegative
    repay_days: tuple[int, int]


class PatientHabits(Record):
    """How patients pay what they owe, as shares; the rest never pays."""

    pays_at_once: NonNegative
    pays_first_statement: NonNegative
    pays_second_statement: NonNegative
    pays_part: NonNegative


class Population(Record):
    """Who comes, how often, and what everybody's habits are."""

    year: int
    visits_per_patient: NonNegative = Field(ge=1)
    open_hours: tuple[int, ...]
    prose_share: NonNegative
    assistant_share: NonNegative
    keyed_share: NonNegative
    payers: tuple[PayerMix, ...]
    secondary: SecondaryMix
    habits: Habits
    patients: PatientHabits


class Slip(Record):
    """Something that goes wrong at a desk, how often, and how somebody who watched would tell it."""

    per: Literal["patient", "visit", "lines"]
    chance: NonNegative
    who: str
    what: str


@cache
def clinic() -> Clinic:
    """The clinic."""
    return _made(Clinic, "clinic.toml", _table("clinic.toml"))


@cache
def doctors() -> tuple[Provider, ...]:
    """Who sends patients."""
    return tuple(_made(Provider, "doctors.toml", table) for table in _table("doctors.toml")["doctors"])


@cache
def packs() -> Mapping[str, Payer]:
    """The fictional payers; the real ones are built in."""
    with resources.as_file(resources.files("cleanclaim.simulation") / "data" / "payers") as folder:
        return {payer.id: payer for payer in load_folder(folder)}


def pack_texts() -> dict[str, str]:
    """The files of the fictional payers by payer, as a clinic adds them."""
    folder = resources.files("cleanclaim.simulation") / "data" / "payers"
    return {
        item.name.removesuffix(".toml"): item.read_text(encoding="utf-8")
        for item in sorted(folder.iterdir(), key=lambda item: item.name)
        if item.name.endswith(".toml")
    }


@cache
def phrases() -> Phrases:
    """All words."""
    return _made(Phrases, "phrases.toml", _table("phrases.toml"))


@cache
def population() -> Population:
    """Who comes."""
    return _made(Population, "population.toml", _table("population.toml"))


@cache
def slips() -> Mapping[str, Slip]:
    """What goes wrong, by name."""
    return {name: _made(Slip, "slips.toml", table) for name, table in _table("slips.toml").items()}


def filled(sentence: str, **values: object) -> str:
    """A sentence of the material with its places, such as `{where}`, filled in."""
    for name, value in values.items():
        sentence = sentence.replace(f"{{{name}}}", str(value))
    return sentence


def _made(kind: type[R], name: str, table: Mapping[str, Any]) -> R:
    try:
        return kind.model_validate(table)
    except ValidationError as error:
        raise MaterialError(f"{name}: {error}") from error


def _table(name: str) -> dict[str, Any]:
    text = (resources.files("cleanclaim.simulation") / "data" / name).read_text("utf-8")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MaterialError(f"{name}: {error}; expected TOML") from error
