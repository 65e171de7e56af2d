"""The claim as a form: totals, lines, dates and charges that hold together."""
