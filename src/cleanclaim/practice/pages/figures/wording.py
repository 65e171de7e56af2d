"""Figures in words: `91.3%`, `$1,204.50`, `3.4`; unknown is a dash, with why."""

from __future__ import annotations

from dataclasses import dataclass

from cleanclaim.money import dollars
from cleanclaim.practice.engine.figures.definitions import Definition, Metric, Unit, definitions
from cleanclaim.practice.engine.figures.figures import Value

DASH = "–"


@dataclass(frozen=True, slots=True)
class Change:
    """How a figure moved against the span before: in words, and whether that is good (`None`: neither)."""

    said: str
    is_good: bool | None


def shown(value: Value) -> str:
    """A figure in words."""
    number = value.number
    return DASH if number is None else said(value.metric, number)


def said(metric: Metric, number: int) -> str:
    """A number of a figure's unit in words."""
    unit = definitions()[metric].unit
    if unit is Unit.RATE:
        return f"{_tenths(number)}%"
    if unit is Unit.CENTS:
        return dollars(number)
    return _tenths(number) if unit is Unit.EACH else f"{number:,}"


def on_axis(metric: Metric, number: int) -> str:
    """A round number of a figure's unit, as short as it can be said."""
    unit = definitions()[metric].unit
    if unit is Unit.RATE:
        return f"{number // 10}%"
    return said(metric, number).removesuffix(".00").removesuffix(".0")


def basis(value: Value) -> str:
    """What a figure is made of: `42 of 70 claims`; empty for a plain count."""
    unit = definitions()[value.metric].unit
    if unit is Unit.RATE:
        return f"{value.numerator:,} of {value.denominator:,} claims"
    if unit is Unit.EACH:
        return f"{value.numerator:,} units in {value.denominator:,} visits"
    if value.unknown:
        return f"and {value.unknown:,} {'claim' if value.unknown == 1 else 'claims'} without a known price"
    return ""


def change(now: Value, before: Value) -> Change | None:
    """How a figure moved; `None` where either is unknown."""
    new, old = now.number, before.number
    if new is None or old is None:
        return None
    definition = definitions()[now.metric]
    moved = new - old
    if not moved:
        return Change("as before", None)
    sign = "+" if moved > 0 else "−"
    size = _size(definition, abs(moved))
    better = {"higher": moved > 0, "lower": moved < 0}.get(definition.better)
    return Change(f"{sign}{size}", better)


def _size(definition: Definition, size: int) -> str:
    if definition.unit is Unit.RATE:
        return f"{_tenths(size)} points"
    return said(definition.metric, size)


def _tenths(number: int) -> str:
    return f"{number // 10:,}.{number % 10}"
