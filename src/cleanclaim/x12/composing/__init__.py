"""The text of a professional claim's loops, one module for each: levels, claim, other payers, lines.

Composed with the usual delimiters, which no value can hold; the writer puts it into other ones at the end.
"""

from cleanclaim.x12.composing.levels import Body, Levels
from cleanclaim.x12.composing.values import digits_of

__all__ = ["Body", "Levels", "digits_of"]
