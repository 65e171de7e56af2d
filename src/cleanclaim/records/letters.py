"""Letters and signs that have a customary ASCII spelling but do not decompose into one."""

from __future__ import annotations

SPELLED = str.maketrans(
    {
        "ß": "ss",
        "Æ": "AE",
        "æ": "ae",
        "Œ": "OE",
        "œ": "oe",
        "Ø": "O",
        "ø": "o",
        "Đ": "D",
        "đ": "d",
        "Ð": "D",
        "ð": "d",
        "Ł": "L",
        "ł": "l",
        "Þ": "Th",
        "þ": "th",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "’": "'",
        "“": '"',
        "”": '"',
        "–": "-",
        "—": "-",
        "\N{HYPHEN}": "-",
        "…": "...",
        "\N{NO-BREAK SPACE}": " ",
    }
)
"""For `str.translate`: ligatures, barred letters, typographic quotes and dashes, as claims spell them."""
