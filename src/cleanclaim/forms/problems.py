"""What keeps a claim off a form, said without the patient's data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FormProblem:
    """One thing that keeps a claim off a form: the box, what was found, what was expected; never the text itself."""

    claim_id: str
    box: str
    found: str
    expected: str

    def __str__(self) -> str:
        """One line for people."""
        return f"claim {self.claim_id}: box {self.box}: found {self.found}, expected {self.expected}"


class FormNotPrintableError(ValueError):
    """Claims that do not fit their form or lack what it needs; `problems` says what. Nothing has been printed."""

    def __init__(self, problems: tuple[FormProblem, ...]) -> None:
        self.problems = problems
        more = f" and {len(problems) - 1} more" if len(problems) > 1 else ""
        super().__init__(f"{problems[0]}{more}")
