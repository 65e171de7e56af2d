"""What a field was expected to hold, in words: for errors that name the field and never repeat the value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_WORDS = {
    "missing": "a value; it is required",
    "extra_forbidden": "no such field",
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "bool_type": "true or false",
    "date_type": "a day as 2026-09-25",
    "date_parsing": "a day as 2026-09-25",
    "date_from_datetime_parsing": "a day as 2026-09-25",
    "time_type": "a time as 14:05",
    "time_parsing": "a time as 14:05",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "json_invalid": "JSON",
    "uuid_parsing": "a key",
}


_WITH_CONTEXT = {
    "enum": ("one of", "expected", ""),
    "literal_error": ("one of", "expected", ""),
    "string_pattern_mismatch": ("text of the form", "pattern", ""),
    "string_too_long": ("at most", "max_length", "characters"),
    "string_too_short": ("at least", "min_length", "characters"),
    "too_long": ("at most", "max_length", "entries"),
    "too_short": ("at least", "min_length", "entries"),
    "greater_than_equal": ("at least", "ge", ""),
    "less_than_equal": ("at most", "le", ""),
    "value_error": ("", "error", ""),
}
"""Words that say what the error's context tells; every one of these contexts holds limits, never a value."""


def expected(detail: Mapping[str, Any]) -> str:
    """What a field was expected to hold, in words, from an error as pydantic describes it."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind in _WORDS:
        return _WORDS[kind]
    if kind in _WITH_CONTEXT:
        words, limit, unit = _WITH_CONTEXT[kind]
        return " ".join(part for part in (words, str(context[limit]), unit) if part)
    return str(detail["msg"]).lower()
