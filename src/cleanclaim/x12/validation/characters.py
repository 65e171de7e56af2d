"""What the characters of each kind of element may be, as regular expressions, and the periods that dates are given in.

Expressions are strings to be put into larger ones; `signs` are the delimiters, escaped for a character class.
"""

from __future__ import annotations

import re
from functools import cache

_LONG_MONTHS = "(?:0[13578]|1[02])(?:0[1-9]|[12][0-9]|3[01])"
_SHORT_MONTHS = "(?:0[469]|11)(?:0[1-9]|[12][0-9]|30)"
_FEBRUARY = "02(?:0[1-9]|1[0-9]|2[0-8])"
_FOURTH = "(?:0[48]|[2468][048]|[13579][26])"
_LEAP_YEAR = f"(?:[0-9][0-9]{_FOURTH}|(?:[02468][048]|[13579][26])00)"
_MONTH_DAY = f"(?:{_LONG_MONTHS}|{_SHORT_MONTHS}|{_FEBRUARY})"
DAY = f"(?:[0-9]{{4}}{_MONTH_DAY}|{_LEAP_YEAR}0229)"
"""Eight digits that are a day of the calendar."""
SHORT_DAY = f"(?:[0-9]{{2}}{_MONTH_DAY}|(?:{_FOURTH}|00)0229)"
"""Six digits that are a day, the century left out."""
CLOCK = "(?:[01][0-9]|2[0-3])[0-5][0-9]"
"""Four digits that are a time of the day."""
TIME = f"{CLOCK}(?:[0-5][0-9](?:[0-9]{{1,2}})?)?"
"""A time of the day, with seconds and their fractions where given."""

PERIODS = {"D8": DAY, "RD8": f"{DAY}-{DAY}", "DT": f"{DAY}{CLOCK}", "TM": CLOCK, "D6": SHORT_DAY}
"""What stands in a period, by the code of its form."""
PERIOD_WORDS = {
    "D8": "a date as YYYYMMDD",
    "RD8": "two dates as YYYYMMDD-YYYYMMDD",
    "DT": "a date and time as YYYYMMDDHHMM",
    "TM": "a time as HHMM",
    "D6": "a date as YYMMDD",
}
"""The same for people."""


def text(signs: str, shortest: int, longest: int) -> str:
    """Plain ASCII without delimiters, and not blanks alone."""
    return rf"(?! *(?:[{signs}]|\Z))[^\x00-\x1f\x7f-\U0010ffff{signs}]{{{shortest},{longest}}}"


def whole_number(shortest: int, longest: int) -> str:
    """Digits, with a sign that is not counted."""
    return f"-?[0-9]{{{shortest},{longest}}}"


def decimal_number(signs: str, shortest: int, longest: int) -> str:
    """Digits with at most one point; sign and point are not counted."""
    return rf"-?(?=(?:\.?[0-9]){{{shortest},{longest}}}\.?(?:[{signs}]|\Z))[0-9]*\.?[0-9]*"


def amount(signs: str, shortest: int, longest: int) -> str:
    """A decimal number without fractions of a cent."""
    return decimal_number(signs, shortest, longest).removesuffix("[0-9]*") + "(?:[0-9]{0,2}0*)"


def date(longest: int) -> str:
    """A day, in eight digits or six."""
    return DAY if longest == 8 else SHORT_DAY  # noqa: PLR2004 - YYYYMMDD


def time(longest: int) -> str:
    """A time of the day; only hours and minutes where no more fits."""
    return CLOCK if longest == 4 else TIME  # noqa: PLR2004 - HHMM


@cache
def compiled(expression: str) -> re.Pattern[str]:
    """An expression, compiled once."""
    return re.compile(expression)
