"""The claim as a form: its totals, its place, and lines that stand twice."""
