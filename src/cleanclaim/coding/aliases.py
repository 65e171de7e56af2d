"""The alias list: how therapists write what each code stands for, and what is not billed.

One TOML file per family of codes under `data/aliases/`, one phrase a line; a key names one code, or several that
share their phrases. Only codes of this list are suggested, unless a text names another by number.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from cleanclaim.coding.answers import Reason
from cleanclaim.coding.wording import read_data


class AliasError(ValueError):
    """An alias file that does not say what its loader expects."""


@cache
def aliases() -> Mapping[str, tuple[str, ...]]:
    """The phrases of each code.

    Raises:
        AliasError: a code stands in two files, or a phrase is there twice for one code.
    """
    found: dict[str, tuple[str, ...]] = {}
    folder = resources.files("cleanclaim.coding").joinpath("data", "aliases")
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if not file.name.endswith(".toml"):
            continue
        for key, block in tomllib.loads(file.read_text(encoding="utf-8")).items():
            lines = _lines(block, f"{file.name}: {key}")
            for code in key.split():
                if code in found:
                    raise AliasError(f"{file.name}: {code} is listed twice")
                found[code] = lines
    return found


@cache
def phrases_not_billed() -> Mapping[Reason, tuple[str, ...]]:
    """The phrases of each reason why nothing is billed."""
    data = read_data("not_billable.toml")
    return {Reason(name): _lines(table["phrases"], f"not_billable.toml: {name}") for name, table in data.items()}


@cache
def explanations() -> Mapping[Reason, str]:
    """One sentence for each reason why nothing is billed."""
    return {Reason(name): table["explanation"] for name, table in read_data("not_billable.toml").items()}


def _lines(block: str, where: str) -> tuple[str, ...]:
    lines = tuple(line.strip() for line in block.splitlines() if line.strip())
    twice = sorted({line for line in lines if lines.count(line) > 1})
    if twice:
        raise AliasError(f"{where}: {twice[0]!r} is there twice")
    return lines
