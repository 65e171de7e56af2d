"""What is done about a denial: whose doing, the usual route, the chance, whether an appeal can win, our rules.

One entry for each reason (CARC) and remark (RARC) that `adjustments` explains. Where a code says nothing about a
detail it is not in the file; an unlisted code has no entry, and nothing is said about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any

from cleanclaim.reference import adjustments
from cleanclaim.reference.adjustments import AdjustmentCode, AdjustmentKind
from cleanclaim.reference.reading import Entry, TableError, read_sources, read_toml
from cleanclaim.sources import Source

_FILE = "denials.toml"
_HUNDRED = 100
_KEYS = {"sources", "grade", "figures", "carc", "rarc"}


class DenialCause(StrEnum):
    """Who could have kept the denial from happening."""

    FRONT_OFFICE = "front_office"
    DOCUMENTATION = "documentation"
    CODING = "coding"
    PAYER = "payer"
    PATIENT = "patient"

    @property
    def words(self) -> str:
        """The cause as people say it."""
        return self.value.replace("_", " ")


class Route(StrEnum):
    """The way to the money."""

    CORRECT = "correct"
    """Mend the claim and send it again, in the form that the payer takes."""
    NEW_CLAIM = "new_claim"
    """The payer has decided nothing: a new, complete claim."""
    OTHER_PAYER = "other_payer"
    RECORDS = "records"
    REOPENING = "reopening"
    """Have the payer mend its own decision."""
    APPEAL = "appeal"
    AUTHORIZATION = "authorization"
    ENROLLMENT = "enrollment"
    ASK_PATIENT = "ask_patient"
    STATUS = "status"
    PATIENT = "patient"
    """The patient owes it: group PR, and only there."""
    GIVE_UP = "give_up"
    """Nothing can be won; a person writes it off, with a reason."""
    NOTHING = "nothing"
    REMARK = "remark"
    """The reason says nothing alone: the remark beside it decides."""


class Chance(StrEnum):
    """How likely the money is to come: a grade, never a percentage."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Grade:
    """What a grade of chance means. `points` put a worklist in order; they are no probability."""

    chance: Chance
    label: str
    meaning: str
    points: int
    source: Source


@dataclass(frozen=True, slots=True)
class Handling:
    """What is done about one code.

    `because` says why this route and this chance. Where an appeal cannot win, `never_because` says why, and follows
    "cannot be appealed:". `rules` are beginnings of the codes of our rules that object to the same thing. `decides`: a
    remark that decides over whatever reason it stands beside; `bars_appeal`: one by which the payer grants no appeal.
    """

    kind: AdjustmentKind
    code: str
    cause: DenialCause
    route: Route
    chance: Chance
    because: str
    never_because: str
    rules: tuple[str, ...]
    is_pair: bool
    is_cost_share: bool
    decides: bool
    bars_appeal: bool
    source: Source
    medicare: Handling | None = None
    """What holds for Original Medicare, where it differs."""

    @property
    def may_appeal(self) -> bool:
        """Whether an appeal can win it."""
        return not self.never_because

    @property
    def described(self) -> AdjustmentCode:
        """What the code means, who mends it and how."""
        found = adjustments.carc(self.code) if self.kind is AdjustmentKind.CARC else adjustments.rarc(self.code)
        if found is None:
            raise TableError(f"{_FILE}: {self.kind.value}.{self.code} is not in the published lists")
        return found

    def for_payer(self, payer_kind: str | None) -> Handling:
        """What holds for a kind of payer (`medicare_b`, `commercial`, …)."""
        return self.medicare if self.medicare is not None and payer_kind == "medicare_b" else self


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of this project: the worklist's order, own history, rounding, unanswered claims, small underpayments.

    `nearness` holds days to the deadline and the weight of a claim that is due within them, the nearest first. From
    `lag_answers` answers of a payer on, the days within which `lag_percent` of 100 had come decide when it is asked,
    within `lag_least_days` and `lag_most_days`; within `asked_again_days` it is not asked again. A line is short by
    little where both `small_` figures are above it.
    """

    nearness: tuple[tuple[int, int], ...]
    weight_later: int
    weight_unknown: int
    own_answers: int
    rounding_cents_per_unit: int
    unanswered_days: int
    lag_answers: int
    lag_percent: int
    lag_least_days: int
    lag_most_days: int
    asked_again_days: int
    lag_look_back_days: int
    small_cents: int
    small_percent: int
    source: Source


def carc(code: str) -> Handling | None:
    """What is done about a reason; `None` where it is not in the file."""
    return _tables().handlings.get((AdjustmentKind.CARC, code))


def is_cost_share(code: str) -> bool:
    """Whether a reason (CARC) is the patient's share of what is allowed, and no refusal."""
    found = carc(code)
    return found is not None and found.is_cost_share


def rarc(code: str) -> Handling | None:
    """What is done about a remark; `None` where it is not in the file."""
    return _tables().handlings.get((AdjustmentKind.RARC, code))


def handlings() -> tuple[Handling, ...]:
    """Every entry, in the order of the file: reasons, then remarks."""
    return tuple(_tables().handlings.values())


def grade(chance: Chance) -> Grade:
    """What a grade means."""
    return _tables().grades[chance]


def figures() -> Figures:
    """The project's figures."""
    return _tables().figures


@dataclass(frozen=True, slots=True)
class DenialTables:
    """The whole file, read."""

    handlings: Mapping[tuple[AdjustmentKind, str], Handling]
    grades: Mapping[Chance, Grade]
    figures: Figures


@cache
def _tables() -> DenialTables:
    return parse(_FILE, read_toml(_FILE))


def parse(name: str, tables: dict[str, Any]) -> DenialTables:
    """Read a parsed file of denials.

    Raises:
        TableError: an unknown key, an absent or unknown value, a source that is not defined, an appeal that is
            refused without a reason or allowed with one, a grade that is absent.
    """
    unknown = sorted(set(tables) - _KEYS)
    if unknown:
        raise TableError(f"{name}: unknown key {unknown[0]!r}; expected {', '.join(sorted(_KEYS))}")
    sources = read_sources(name, tables.get("sources"))
    grades = {}
    for chance in Chance:
        if chance.value not in tables.get("grade", {}):
            raise TableError(f"{name}: lacks grade.{chance.value}")
        grades[chance] = _grade(f"{name}: grade.{chance.value}", chance, tables["grade"][chance.value], sources)
    found = {}
    for kind in AdjustmentKind:
        for code, table in tables.get(kind.value, {}).items():
            found[kind, code] = _handling(f"{name}: {kind.value}.{code}", kind, code, table, sources)
    return DenialTables(found, grades, _figures(name, tables.get("figures", {}), sources))


def _grade(where: str, chance: Chance, table: dict[str, Any], sources: Mapping[str, Source]) -> Grade:
    points = table.get("points")
    if type(points) is not int or points < 0:
        raise TableError(f"{where}: points is {points!r}; expected a whole number, 0 or more")
    entry = Entry(where, {key: value for key, value in table.items() if key != "points"}, sources)
    found = Grade(chance, entry.text("label"), entry.text("meaning"), points, entry.source())
    entry.done()
    return found


def _handling(
    where: str, kind: AdjustmentKind, code: str, table: dict[str, Any], sources: Mapping[str, Source]
) -> Handling:
    entry = Entry(where, {key: value for key, value in table.items() if key != "medicare"}, sources)
    made = Handling(
        kind=kind,
        code=code,
        cause=entry.choice("cause", DenialCause),
        route=entry.choice("route", Route),
        chance=entry.choice("chance", Chance),
        because=entry.text("because"),
        never_because=_never(entry),
        rules=entry.texts("rules"),
        is_pair=bool(entry.flag("is_pair")),
        is_cost_share=bool(entry.flag("is_cost_share")),
        decides=bool(entry.flag("decides")),
        bars_appeal=bool(entry.flag("bars_appeal")),
        source=entry.source(),
    )
    entry.done()
    if "medicare" not in table:
        return made
    other = Entry(f"{where}.medicare", table["medicare"], sources)
    own = replace(
        made,
        route=other.optional_choice("route", Route) or made.route,
        chance=other.optional_choice("chance", Chance) or made.chance,
        because=other.optional_text("because") or made.because,
        never_because=_never(other) if "appeal" in table["medicare"] else made.never_because,
        source=other.source(),
    )
    other.done()
    return replace(made, medicare=own)


def _never(entry: Entry) -> str:
    """Why an appeal cannot win; empty where it can."""
    may, because = entry.flag("appeal"), entry.optional_text("never_because")
    if may is None:
        raise TableError(f"{entry.where}: lacks key 'appeal'; expected true or false")
    if may == bool(because):
        raise TableError(f"{entry.where}: expected never_because where appeal is false, and nowhere else")
    return because


def _figures(name: str, table: dict[str, Any], sources: Mapping[str, Source]) -> Figures:
    entry = Entry(f"{name}: figures", table, sources)
    steps = []
    for step in entry.entries("nearness"):
        steps.append((_whole(step, "days"), _whole(step, "weight")))
        step.done()
    if steps != sorted(steps) or not steps:
        raise TableError(f"{entry.where}: nearness is {steps}; expected steps of days, the nearest first")
    found = Figures(
        nearness=tuple(steps),
        weight_later=_whole(entry, "weight_later"),
        weight_unknown=_whole(entry, "weight_unknown"),
        own_answers=_whole(entry, "own_answers"),
        rounding_cents_per_unit=_whole(entry, "rounding_cents_per_unit"),
        unanswered_days=_whole(entry, "unanswered_days"),
        lag_answers=_whole(entry, "lag_answers"),
        lag_percent=_whole(entry, "lag_percent"),
        lag_least_days=_whole(entry, "lag_least_days"),
        lag_most_days=_whole(entry, "lag_most_days"),
        asked_again_days=_whole(entry, "asked_again_days"),
        lag_look_back_days=_whole(entry, "lag_look_back_days"),
        small_cents=_whole(entry, "small_cents"),
        small_percent=_whole(entry, "small_percent"),
        source=entry.source(),
    )
    entry.done()
    if found.lag_percent > _HUNDRED:
        raise TableError(f"{entry.where}: lag_percent is {found.lag_percent}; expected up to {_HUNDRED}")
    if found.lag_least_days > found.lag_most_days:
        raise TableError(f"{entry.where}: lag_least_days is {found.lag_least_days}; expected up to lag_most_days")
    return found


def _whole(entry: Entry, key: str) -> int:
    number = entry.number(key)
    if number is None:
        raise TableError(f"{entry.where}: lacks key {key!r}; expected a whole number above zero")
    return number
