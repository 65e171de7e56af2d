"""The states, territories and military posts of an address in the USA."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from cleanclaim.sources import Source


@cache
def states() -> frozenset[str]:
    """Every two-letter code of a state, district, territory or military post; its source is checked on the way.

    Raises:
        SourceError: the table's source lacks what finds it again.
    """
    text = (resources.files("cleanclaim.reference.data") / "postal.toml").read_text("utf-8")
    table = tomllib.loads(text)["states"]
    Source.from_table(table["source"])
    return frozenset(table["codes"])
