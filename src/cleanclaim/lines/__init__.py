"""The tables every stage reads and adds to, and how records become tables.

`schema` is the data dictionary of what comes in, `tables` holds the frames, `columns` is how rules and facts
name a column.
"""

from cleanclaim.lines.columns import col
from cleanclaim.lines.tables import Tables

__all__ = ["Tables", "col"]
