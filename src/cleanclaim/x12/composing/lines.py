"""Loop 2400: the service lines of a claim."""

from __future__ import annotations

from cleanclaim.records import Claim
from cleanclaim.x12.composing.other_payers import OtherPayers
from cleanclaim.x12.composing.values import Values


class ServiceLines:
    """Composes service lines, each with what other payers decided on it."""

    def __init__(self, values: Values, other_payers: OtherPayers) -> None:
        self._values = values
        self._other_payers = other_payers

    def text(self, claim: Claim) -> tuple[int, str]:
        """The total charge in cents, and the service lines."""
        values = self._values
        days, amounts, procedures, pointers = values.days, values.amounts, values.procedures, values.pointers
        place_of_claim = claim.place_of_service
        answers = self._other_payers.line_answers(claim) if claim.other_payers else {}
        total, parts = 0, []
        for number, line in enumerate(claim.lines, start=1):
            total += line.charge_cents
            place = "" if line.place_of_service == place_of_claim else line.place_of_service
            control = f"REF*6R*{line.control_number}~" if line.control_number else ""
            parts.append(
                f"LX*{number}~SV1*{procedures[line.code, line.modifiers]}*{amounts[line.charge_cents]}*UN*{line.units}"
                f"*{place}**{pointers[line.pointers]}~DTP*472*D8*{days[line.date_of_service]}~{control}"
            )
            if answers:
                parts.append(answers.get(line.number, ""))
        return total, "".join(parts)
