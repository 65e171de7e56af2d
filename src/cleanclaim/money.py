"""Exact money: integer cents, and one rounding, half away from zero.

No float and no binary fraction ever holds an amount. Rates are integers at a named scale: relative value
units at 10⁻², geographic indices at 10⁻³, conversion factors at 10⁻⁴, percentages at 10⁻⁴.
"""

from __future__ import annotations

import re

import polars as pl

Cents = int
"""An amount of US dollars in whole cents."""

RVU_SCALE = 100
GPCI_SCALE = 1_000
CONVERSION_FACTOR_SCALE = 10_000
RATE_SCALE = 10_000

_DECIMAL = re.compile(r"(?P<sign>-?)(?P<whole>\d+)(?:\.(?P<fraction>\d+))?")


class AmountError(ValueError):
    """Text that is not an amount at the expected scale."""


def scaled(text: str, scale: int) -> int:
    """Read decimal text as an integer at `scale`; text with more digits than the scale holds is refused.

    `scaled("33.4009", 10_000)` is 334009. Trailing zeros beyond the scale are accepted.
    """
    match = _DECIMAL.fullmatch(text.strip())
    if match is None:
        raise AmountError(f"{text!r} is not a decimal number; expected digits with an optional point")
    digits = len(str(scale)) - 1
    fraction = match["fraction"] or ""
    if fraction[digits:].strip("0"):
        raise AmountError(f"{text!r} has more than {digits} decimals")
    value = int(match["whole"]) * scale + int((fraction[:digits] or "0").ljust(digits, "0"))
    return -value if match["sign"] else value


def parse_cents(text: str) -> Cents:
    """Read dollars as written by people (`$1,234.50`, `1234.5`, `-12`) into cents."""
    return scaled(text.strip().replace("$", "").replace(",", ""), 100)


def dollars(cents: Cents) -> str:
    """Write cents for people: `$1,234.50`, with a leading minus for credits."""
    sign = "-" if cents < 0 else ""
    return f"{sign}${abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def plain(cents: Cents) -> str:
    """Write cents for machines that want no trailing zeros, as X12 does: `90`, `12.5`, `0.07`."""
    sign = "-" if cents < 0 else ""
    text = f"{abs(cents) // 100}.{abs(cents) % 100:02d}".rstrip("0").rstrip(".")
    return sign + text


def divide(numerator: int, denominator: int) -> int:
    """Divide integers and round half away from zero; the denominator is positive."""
    quotient = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -quotient if numerator < 0 else quotient


def divide_column(numerator: pl.Expr, denominator: int) -> pl.Expr:
    """The same division over an Int64 column; null stays null."""
    quotient = (2 * numerator.abs() + denominator) // (2 * denominator)
    return pl.when(numerator < 0).then(-quotient).otherwise(quotient)
