"""Loops 2320, 2330 and 2430: the other payers of a claim, and what those before this one decided.

A payer that decided line by line is answered for on each line, with the day; one that decided on the claim alone is
answered for once, with what it left to the patient.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from cleanclaim.records import Adjustment, AdjustmentGroup, Claim, ClaimPayer
from cleanclaim.x12.composing.subscriptions import Subscriptions
from cleanclaim.x12.composing.values import Values


class OtherPayers:
    """Composes other payers and their decisions."""

    def __init__(self, values: Values, subscriptions: Subscriptions) -> None:
        self._values = values
        self._subscriptions = subscriptions
        self._subscriber = values.role("other subscriber")
        self._payer = values.role("other payer")

    def text(self, claim: Claim, payer: ClaimPayer) -> str:
        """One other payer: its terms, its decision on the claim, the policy's holder and its name."""
        terms = self._subscriptions
        signed = "Y***Y" if claim.signature_on_file else "N***I"
        decision, end = self._decision(payer)
        return (
            f"{terms.terms(payer, terms.relationships[payer.relationship])}{decision}OI***{signed}~"
            f"{terms.holder(claim, payer, self._subscriber)}{terms.named(payer, self._payer)}{end}"
        )

    def _decision(self, payer: ClaimPayer) -> tuple[str, str]:
        """What the payer decided on the claim, before its name; and the day and its number of the claim, after it."""
        answer = payer.adjudication
        if answer is None:
            return "", ""
        amounts = self._values.amounts
        paid = f"{self._adjustments(answer.adjustments)}AMT*D*{amounts[answer.paid_cents]}~"
        end = f"REF*F8*{answer.claim_number}~" if answer.claim_number else ""
        if answer.lines:
            return paid, end
        left = amounts[_left_to_patient(answer.adjustments)]
        return f"{paid}AMT*EAF*{left}~", f"DTP*573*D8*{self._values.days[answer.adjudicated_on]}~{end}"

    def line_answers(self, claim: Claim) -> dict[int, str]:
        """What each other payer decided on the claim's lines, by line number, payers in order."""
        found: dict[int, str] = defaultdict(str)
        billed = {line.number: line for line in claim.lines}
        values = self._values
        for payer in claim.other_payers:
            if payer.adjudication is None:
                continue
            day = f"DTP*573*D8*{values.days[payer.adjudication.adjudicated_on]}~"
            for answer in payer.adjudication.lines:
                line = billed[answer.line]
                code = line.code if answer.code is None else answer.code
                modifiers = line.modifiers if answer.modifiers is None else answer.modifiers
                units = line.units if answer.units is None else answer.units
                found[answer.line] += (
                    f"SVD*{payer.identifier}*{values.amounts[answer.paid_cents]}*{values.procedures[code, modifiers]}"
                    f"**{units}~{self._adjustments(answer.adjustments)}{day}"
                    f"AMT*EAF*{values.amounts[_left_to_patient(answer.adjustments)]}~"
                )
        return found

    def _adjustments(self, adjustments: Iterable[Adjustment]) -> str:
        """One segment for each group, in the order in which the groups first come."""
        groups: dict[str, list[str]] = {}
        for item in adjustments:
            units = "" if item.units is None else str(item.units)
            parts = f"*{item.reason}*{self._values.amounts[item.amount_cents]}*{units}"
            groups.setdefault(item.group.value, []).append(parts)
        return "".join([f"CAS*{group}{''.join(parts).rstrip('*')}~" for group, parts in groups.items()])


def _left_to_patient(adjustments: Iterable[Adjustment]) -> int:
    """What a payer left to the patient, and so to the next payer, in cents."""
    return sum(item.amount_cents for item in adjustments if item.group is AdjustmentGroup.PATIENT)
