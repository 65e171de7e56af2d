"""What a rule is made of: when it applies, what it flags, who says so, how it reads, and examples that run.

A rule states two boolean expressions over one table, `applies` and `flag`. The verdict is derived here, once:
not applicable where `applies` is false, no data where either is unknown, else finding or pass. A rule without
a source, a good and a bad example does not load.
"""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from functools import reduce

import polars as pl

from cleanclaim.lines.columns import col
from cleanclaim.sources import Source

CODE_SHAPE = re.compile(r"[A-Z]{2}\d{3}")
NAME_SHAPE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CURE_WORDS = ("use-", "add-", "avoid-", "prefer-", "check-", "require-")


class Verdict(IntEnum):
    """The answers of a rule for one row. A crash is not among them: it is told apart and loudly."""

    PASS = 0
    FINDING = 1
    NOT_APPLICABLE = 2
    NO_DATA = 3


class Severity(StrEnum):
    """What happens if the claim goes out as it is."""

    REJECT = "reject"
    """Turned away at the door, by the clearinghouse or the payer's front end."""
    DENY = "deny"
    """Accepted, then denied."""
    RECOUP = "recoup"
    """Paid, and taken back in an audit."""
    LEFT = "left"
    """Money left on the table."""
    ADVICE = "advice"
    """Worth knowing; nothing is lost if it stays."""


class Safety(StrEnum):
    """Who may apply a fix."""

    SAFE = "safe"
    """Changes no priced amount and states nothing about the visit: may be applied at once."""
    ATTEST = "attest"
    """States something about the visit: only a named person may apply it."""


@dataclass(frozen=True, slots=True)
class Period:
    """The dates of service a rule holds for, both inclusive; `None` is open."""

    since: date | None = None
    through: date | None = None


def since(year: int, month: int, day: int) -> Period:
    """From this date of service on."""
    return Period(since=date(year, month, day))


def between(first: date, last: date) -> Period:
    """From the first through the last date of service."""
    return Period(first, last)


ALWAYS = Period()
"""For every date of service: for rules of form, which no date changes."""


class ExampleKind(StrEnum):
    """What an example shows."""

    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"
    EXEMPT = "exempt"


@dataclass(frozen=True, slots=True)
class Example:
    """A claim in the notation, and what the rule must say of it.

    `at` names the place of the finding (`line 2`, `diagnosis 1`, `day`, `claim`, `lines 1 and 2`, `service 1`),
    `says` its exact words; `lacks` a word that the report of missing input must hold.
    """

    kind: ExampleKind
    text: str
    at: str = ""
    says: str = ""
    lacks: str = ""


def good(text: str) -> Example:
    """A claim the rule applies to and passes: no row is flagged, at least one row is judged."""
    return Example(ExampleKind.GOOD, text)


def bad(text: str, *, at: str, says: str) -> Example:
    """A claim with exactly one finding of the rule, at this place, in these words."""
    return Example(ExampleKind.BAD, text, at=at, says=says)


def unknown(text: str, *, lacks: str) -> Example:
    """A claim the rule cannot judge for want of the named input."""
    return Example(ExampleKind.UNKNOWN, text, lacks=lacks)


def exempt(text: str) -> Example:
    """A claim the rule does not apply to."""
    return Example(ExampleKind.EXEMPT, text)


@dataclass(frozen=True, slots=True)
class Fix:
    """How a finding can be removed: one field of some rows gets a new value, or the rows go.

    `table` and `via` say which rows: those of `table` whose key column `via` equals the key of the finding's
    row, and that satisfy `where`. By default the finding's own row. `new` is an expression over that table;
    without it the row is removed. `may_reveal` lists rules that an attested fix may bring to light.
    """

    safety: Safety
    title: str
    field: str = ""
    new: pl.Expr | None = None
    table: str = ""
    via: str = ""
    where: pl.Expr | None = None
    may_reveal: tuple[str, ...] = ()


class RuleError(ValueError):
    """A rule file that lacks what every rule must have, or is shaped wrongly."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One edit of the rule book.

    `over` is the table whose rows are judged. `message` is a template with `{column}` placeholders
    (`{charge_cents:money}` writes dollars); columns are those of `over` and of the tables it belongs to.
    `dollars` is the amount at stake in cents, positive, where a price is known.
    """

    code: str
    name: str
    over: str
    severity: Severity
    flag: pl.Expr
    message: str
    sources: tuple[Source, ...]
    examples: tuple[Example, ...]
    applies: pl.Expr = pl.lit(value=True)
    effective: Period = ALWAYS
    payers: str = "all payers"
    fix: Fix | None = None
    dollars: pl.Expr | None = None
    concept: str = ""
    """What kind of defect this is, in the words of an outside list, such as `units-over-minutes`."""
    preview: bool = False
    coding_terms: bool = False
    """It asks for another code, modifier, number or order of units by the terms of the payer billed: it leaves claims
    alone whose coding a payer before it has settled."""
    aliases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a rule without source or examples, or with a name that states the cure."""
        kinds = {example.kind for example in self.examples}
        if not CODE_SHAPE.fullmatch(self.code):
            raise RuleError(f"{self.code}: a code is two capital letters and three digits")
        if not NAME_SHAPE.fullmatch(self.name) or self.name.startswith(_CURE_WORDS):
            raise RuleError(f"{self.code}: name {self.name!r} must be kebab-case and name the defect, not the cure")
        if not self.sources:
            raise RuleError(f"{self.code}: a rule needs a source")
        if not {ExampleKind.GOOD, ExampleKind.BAD} <= kinds:
            raise RuleError(f"{self.code}: a rule needs a good and a bad example")
        if self.can_be_unknown() and ExampleKind.UNKNOWN not in kinds:
            raise RuleError(f"{self.code}: the flag can be unknown, so the rule needs an unknown example")

    def condition(self) -> pl.Expr:
        """Whether the rule applies: its own condition, whose coding is judged, and its dates of service."""
        conditions = [self.applies]
        if self.coding_terms:
            conditions.append(col.is_coding_settled.not_())
        if self.effective.since is not None:
            conditions.append(col.date_of_service >= self.effective.since)
        if self.effective.through is not None:
            conditions.append(col.date_of_service <= self.effective.through)
        return reduce(lambda left, right: left & right, conditions)

    def verdict(self) -> pl.Expr:
        """The verdict of each row as `Verdict` codes, never null."""
        applies, flag = self.condition(), self.flag
        return (
            pl.when(applies.not_())
            .then(int(Verdict.NOT_APPLICABLE))
            .when(applies.is_null() | flag.is_null())
            .then(int(Verdict.NO_DATA))
            .when(flag)
            .then(int(Verdict.FINDING))
            .otherwise(int(Verdict.PASS))
            .cast(pl.Int8)
            .alias(self.code)
        )

    def reads(self) -> tuple[str, ...]:
        """Columns the verdict depends on."""
        return tuple(sorted({*self.condition().meta.root_names(), *self.flag.meta.root_names()}))

    def can_be_unknown(self) -> bool:
        """Whether any column it reads may be null."""
        return any(name not in NEVER_UNKNOWN for name in self.reads())

    def shows(self) -> tuple[str, ...]:
        """Columns the message and the dollars need."""
        named = {name for _, name, _, _ in string.Formatter().parse(self.message) if name}
        if self.dollars is not None:
            named |= set(self.dollars.meta.root_names())
        return tuple(sorted(named))


NEVER_UNKNOWN = frozenset(
    {"claim_id", "line_id", "service_id", "diagnosis_id", "day_id", "pair_id", "is_history", "modifiers",
     "line_number", "service_number", "position", "first_modifiers", "second_modifiers", "first_line_id",
     "second_line_id", "bypass_allowed", "pair_edition", "knows_services", "knows_history", "coverage_order",
     "modifiers_not_listed", "modifiers_in_conflict", "modifiers_foreign", "line_count"}
)  # fmt: skip
"""Columns that every reader fills, and what follows from those alone: over these, no unknown example is needed."""


# --- expressions over modifiers and code lists, honest about null -------------------------------------------


def has_modifier(*wanted: str, modifiers: pl.Expr = col.modifiers) -> pl.Expr:
    """Whether any of these modifiers is on the line. The list itself is never null."""
    return reduce(lambda left, right: left | right, (modifiers.list.contains(code) for code in wanted))


def lacks_modifier(*wanted: str, modifiers: pl.Expr = col.modifiers) -> pl.Expr:
    """Whether none of these modifiers is on the line."""
    return has_modifier(*wanted, modifiers=modifiers).not_()


def with_modifier(code: str, *, first: bool = False) -> pl.Expr:
    """The line's modifiers with this one added, behind the others or before them."""
    added = pl.lit([code], dtype=pl.List(pl.String))
    combined = pl.concat_list(added, col.modifiers) if first else pl.concat_list(col.modifiers, added)
    return pl.when(has_modifier(code)).then(col.modifiers).otherwise(combined)


def with_claim_modifier(name: pl.Expr, *, first: bool = False) -> pl.Expr:
    """The line's modifiers with the one that a column of the claim names, before the others or behind them."""
    added = pl.concat_list(name)
    return pl.concat_list(added, col.modifiers) if first else pl.concat_list(col.modifiers, added)


def with_claim_pair() -> pl.Expr:
    """The line's modifiers with the therapy and the assistant's modifier of the claim's discipline for any such."""
    rest = without_modifier("GP", "GO", "GN", "CQ", "CO")
    return pl.concat_list(col.therapy_modifier, rest, col.assistant_modifier)


def without_modifier(*codes: str) -> pl.Expr:
    """The line's modifiers without these."""
    return col.modifiers.list.set_difference(pl.lit(list(codes), dtype=pl.List(pl.String)))


def one_of(value: pl.Expr, choices: Sequence[str] | Sequence[int]) -> pl.Expr:
    """Whether the value is one of the choices; unknown if the value is."""
    # No choice is null, so a null is in none of them and out of none.
    return value.is_in(list(choices), nulls_equal=False)


def listed(value: pl.Expr, column: pl.Expr) -> pl.Expr:
    """Whether the value is in the list column; unknown if either is."""
    return pl.when(value.is_not_null() & column.is_not_null()).then(column.list.contains(value))


def left_empty(value: pl.Expr, name: str, absent: pl.Expr) -> pl.Expr:
    """Whether the source leaves a date, count or amount empty.

    False where the value is known, true where `absent`, a list of column names, has its name; else unknown.
    """
    named = listed(pl.lit(name), absent)
    return pl.when(value.is_not_null()).then(pl.lit(value=False)).when(named).then(pl.lit(value=True))


def known_true(flag: pl.Expr) -> pl.Expr:
    """Whether the flag is true for certain; false where it is false or unknown, never unknown itself.

    Only to leave a row to another rule that reads the flag itself and says no data where it is unknown, and for
    settings of the clinic's own: a bound that nobody has set binds nobody.
    """
    return flag.eq_missing(pl.lit(value=True))


def any_starts_with(codes: pl.Expr, prefixes: Sequence[str]) -> pl.Expr:
    """Whether any code of a list column starts with one of the prefixes; unknown if the list is.

    Dots in codes are ignored. An unknown code inside the list makes the answer unknown unless another decides.
    """
    pattern = "(^| )(" + "|".join(prefix.replace(".", "") for prefix in prefixes) + ")"
    text = codes.list.join(" ", ignore_nulls=True).str.replace_all(".", "", literal=True)
    found = text.str.contains(pattern)
    whole = codes.list.eval(pl.element().is_null()).list.any().not_()
    return (
        pl.when(codes.is_null()).then(None).when(found).then(pl.lit(value=True)).when(whole).then(pl.lit(value=False))
    )


def starts_with(code: pl.Expr, prefixes: Sequence[str]) -> pl.Expr:
    """Whether the code starts with one of the prefixes, dots ignored; unknown if it is."""
    pattern = "^(" + "|".join(prefix.replace(".", "") for prefix in prefixes) + ")"
    return code.str.replace_all(".", "", literal=True).str.contains(pattern)
