"""Words for counts and lists, as people say them."""

from __future__ import annotations

from collections.abc import Sequence


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 unit`, `2 units`, `no units`.

    >>> counted(1, "minute"), counted(0, "unit")
    ('1 minute', 'no units')
    """
    if number == 1:
        return f"1 {noun}"
    return f"{number or 'no'} {noun}s"


def joined(words: Sequence[str]) -> str:
    """Words in a list: `a`, `a and b`, `a, b and c`.

    >>> joined(["97110", "97112", "97140"])
    '97110, 97112 and 97140'
    """
    if len(words) < 2:  # noqa: PLR2004 - one word needs no conjunction
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
