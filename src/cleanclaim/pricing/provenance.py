"""Where the order of the steps of a price was read, and what of it is from memory."""

from __future__ import annotations

MEMORY_STEPS = (
    "each line is rounded to cents once, after the reduction",
    "the lesser of charge and allowed amount is taken after the reduction",
    "deductible, then coinsurance, then the assistant's rate, then sequestration, rounded once at the end",
    "the deductible is used up in order of date of service",
)
"""What in the order of steps was not read in a source."""
