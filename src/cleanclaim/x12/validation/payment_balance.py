"""Balancing of payments (835): lines, claims and the payment itself.

A line's charge less its adjustments is its payment; a claim's charge less all adjustments, its own and its lines', is
its payment; the payment is the sum of the claims' less the provider's adjustments. Source: the guide 005010X221A1,
section 1.10.2.1 on balancing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cleanclaim.x12.validation.balancing import Elements, Hook, Reporter, adjustments, cents, joined, plus, said
from cleanclaim.x12.validation.faults import FaultKind


@dataclass(slots=True)
class _Sum:
    """A claim or a line: charge, payment and adjustments so far, each unknown once unreadable."""

    number: int
    charge: int | None
    paid: int | None
    adjusted: int | None = 0

    @property
    def expected(self) -> int | None:
        """What is paid when it balances."""
        return None if self.charge is None or self.adjusted is None else self.charge - self.adjusted


@dataclass(slots=True)
class PaymentBalance:
    """Follows one payment advice."""

    report: Reporter
    number: int = 0
    hooks: Mapping[tuple[str, str], Hook] = field(init=False)
    _payment: int = 0
    _payment_amount: int | None = None
    _claims_paid: int | None = 0
    _provider_adjusted: int | None = 0
    _claim: _Sum | None = None
    _line: _Sum | None = None

    def __post_init__(self) -> None:
        """Name the segments that count."""
        self.hooks = {
            ("ST", "BPR"): self._begin,
            ("2100", "CLP"): self._begin_claim,
            ("2100", "CAS"): self._claim_adjustment,
            ("2110", "SVC"): self._begin_line,
            ("2110", "CAS"): self._line_adjustment,
            ("ST", "PLB"): self._provider_adjustment,
        }

    def finish(self) -> None:
        """The payment advice is over."""
        self._end_claim()
        if not self._payment or self._payment_amount is None:
            return
        if self._claims_paid is None or self._provider_adjusted is None:
            return
        expected = self._claims_paid - self._provider_adjusted
        if expected != self._payment_amount:
            parts = f"{said(self._claims_paid)} of claims less {said(self._provider_adjusted)} of PLB"
            words = (said(self._payment_amount), f"{said(expected)}: {parts}")
            self.report(FaultKind.NOT_BALANCED, self._payment, "ST", ("BPR", 2), words)

    def _begin(self, elements: Elements) -> None:
        self._payment = self.number
        self._payment_amount = cents(elements[2]) if len(elements) > 2 else None  # noqa: PLR2004 - BPR02
        if self._payment_amount is not None and elements[3:4] == ["D"]:
            self._payment_amount = -self._payment_amount

    def _begin_claim(self, elements: Elements) -> None:
        self._end_claim()
        charge, paid = (elements[3], elements[4]) if len(elements) > 4 else ("", "")  # noqa: PLR2004 - CLP03, CLP04
        self._claim = _Sum(self.number, cents(charge), cents(paid))
        self._claims_paid = plus(self._claims_paid, paid)

    def _claim_adjustment(self, elements: Elements) -> None:
        if self._claim is not None:
            self._claim.adjusted = joined(self._claim.adjusted, adjustments(elements))

    def _begin_line(self, elements: Elements) -> None:
        self._end_line()
        charge, paid = (elements[2], elements[3]) if len(elements) > 3 else ("", "")  # noqa: PLR2004 - SVC02, SVC03
        self._line = _Sum(self.number, cents(charge), cents(paid))

    def _line_adjustment(self, elements: Elements) -> None:
        amount = adjustments(elements)
        for one in (self._line, self._claim):
            if one is not None:
                one.adjusted = joined(one.adjusted, amount)

    def _provider_adjustment(self, elements: Elements) -> None:
        self._end_claim()
        for position in range(4, len(elements), 2):
            if elements[position]:
                self._provider_adjusted = plus(self._provider_adjusted, elements[position])

    def _end_line(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            self._check(line, "2110", ("SVC", 3), "the line's charge less its adjustments")

    def _end_claim(self) -> None:
        self._end_line()
        claim, self._claim = self._claim, None
        if claim is not None:
            self._check(claim, "2100", ("CLP", 4), "the claim's charge less its and its lines' adjustments")

    def _check(self, one: _Sum, loop: str, place: tuple[str, int], words: str) -> None:
        if one.paid is not None and one.expected is not None and one.paid != one.expected:
            found, expected = said(one.paid), f"{said(one.expected)}, {words}"
            self.report(FaultKind.NOT_BALANCED, one.number, loop, place, (found, expected))
