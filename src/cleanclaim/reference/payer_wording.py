"""A payer's settings and their values in words, with their units: `365 days`, `$95.00`, `yes`.

The words of a pack are shown as they stand; none of them is ever a template.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from cleanclaim.money import CONVERSION_FACTOR_SCALE, RATE_SCALE, RVU_SCALE, dollars
from cleanclaim.reference.payer_settings import NONE, Setting
from cleanclaim.reference.payer_shapes import Choice, Group, Rows, Shape
from cleanclaim.reference.reading import read_toml


def setting_label(name: str) -> str:
    """What people call a setting: `Timely filing limit in days`. Raises `KeyError` for a name that is no setting."""
    return _labels()[name]


@cache
def _labels() -> Mapping[str, str]:
    labels: dict[str, str] = read_toml("payer_setting_labels.toml")["label"]
    return labels


def shown_value(setting: Setting, value: Any) -> str:  # noqa: ANN401 - whatever the setting holds
    """A payer's value in words, with its unit: `365 days`, `$95.00`, `yes`."""
    if value == NONE:
        return "none"
    if isinstance(setting.shape, Group):
        return _shown_fields(setting.shape, value)
    if isinstance(setting.shape, Rows):
        return "\n".join(_shown_fields(setting.shape.row, row) for row in value) or "none"
    return _shown(value, setting.shape, setting.unit)


def _shown_fields(shape: Group, value: Mapping[str, Any]) -> str:
    parts = []
    for field in shape.fields:
        if field.name not in value or value[field.name] in ((), None):
            continue
        shown = _shown(value[field.name], field.shape, field.unit)
        # `days 120 days` and `name hearing` say a word too many.
        is_plain = field.name in {"name", "kind", "code", "amount"} or field.name == field.unit
        parts.append(shown if is_plain else f"{field.name.replace('_', ' ')} {shown}")
    return ", ".join(parts)


_SCALED = {"rvu_e2": RVU_SCALE, "conversion_factor_e4": CONVERSION_FACTOR_SCALE}


def _shown(value: Any, shape: Shape, unit: str) -> str:  # noqa: ANN401 - whatever a field holds
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    if unit == "cents":
        return dollars(value)
    if unit == "rate_e4":
        return f"{_decimal(value, RATE_SCALE // 100)}%"
    if unit in _SCALED:
        return _decimal(value, _SCALED[unit])
    # Words of the closed list read better without underscores; what the file says itself stays as it is.
    words = value.replace("_", " ") if isinstance(shape, Choice) else str(value)
    return f"{words} {unit}".strip()


def _decimal(value: int, scale: int) -> str:
    """An integer at a scale as decimal text: `8_000` at 100 is `80`."""
    digits = len(str(scale)) - 1
    return f"{value // scale}.{value % scale:0{digits}d}".rstrip("0").rstrip(".")
