"""`col.units` names a column; nothing else in the house spells a column as text inside an expression."""

from __future__ import annotations

import polars as pl


class Columns:
    """Attribute access to columns and facts: `col.timed_units` is `pl.col("timed_units")`."""

    def __getattr__(self, name: str) -> pl.Expr:
        """Return the expression that reads the named column."""
        if name.startswith("__"):
            raise AttributeError(name)
        return pl.col(name)


col = Columns()
