"""Balancing of claims (837): the total is the sum of the lines, and what other payers decided accounts for it all.

For each other payer that says what it paid, the claim's total is that payment and all its adjustments, of the claim and
of its lines; for each line that such a payer decided, the line's charge is payment and adjustments. Source: the
professional and institutional guides (005010X222A1, 005010X223A2), section 1.4.4 on coordination of benefits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cleanclaim.x12.validation.balancing import Elements, Hook, Reporter, adjustments, cents, joined, plus, said
from cleanclaim.x12.validation.faults import FaultKind


@dataclass(slots=True)
class _Payer:
    """What another payer decided on the claim: `paid` is `None` until it is said, and `is_known` until unreadable."""

    number: int
    identifier: str = ""
    paid: int | None = None
    has_paid: bool = False
    adjusted: int | None = 0


@dataclass(slots=True)
class _Decision:
    """What a payer decided on one line, over all it says of that line."""

    number: int
    accounted: int | None = 0


@dataclass(slots=True)
class _Line:
    """A service line: its charge, and what payers decided on it, by their identifier."""

    number: int
    charge: int | None
    decisions: dict[str, _Decision] = field(default_factory=dict)


@dataclass(slots=True)
class ClaimBalance:
    """Follows the claims of one transaction; `charge_at` is the element of the service segment that has the charge."""

    report: Reporter
    service: str
    charge_at: int
    number: int = 0
    hooks: Mapping[tuple[str, str], Hook] = field(init=False)
    _claim: int = 0
    _total: int | None = None
    _lines_total: int | None = 0
    _payers: list[_Payer] = field(default_factory=list)
    _line: _Line | None = None
    _deciding: tuple[_Decision, str] | None = None

    def __post_init__(self) -> None:
        """Name the segments that count."""
        self.hooks = {
            ("2300", "CLM"): self._begin,
            ("2320", "SBR"): self._other_payer,
            ("2320", "CAS"): self._claim_adjustment,
            ("2320", "AMT"): self._paid,
            ("2330B", "NM1"): self._name,
            ("2400", "LX"): self._end_line,
            ("2400", self.service): self._service,
            ("2430", "SVD"): self._decision,
            ("2430", "CAS"): self._line_adjustment,
        }

    def finish(self) -> None:
        """The last claim is over."""
        self._end_line([])
        if not self._claim:
            return
        if self._total is not None and self._lines_total is not None and self._total != self._lines_total:
            words = (said(self._total), f"{said(self._lines_total)}, the sum of {self.service}{self.charge_at:02d}")
            self.report(FaultKind.NOT_BALANCED, self._claim, "2300", ("CLM", 2), words)
        for payer in self._payers:
            # A payer that does not say what it paid has not decided yet.
            accounted = joined(payer.paid, payer.adjusted) if payer.has_paid else None
            if self._total is not None and accounted is not None and accounted != self._total:
                words = (f"{said(accounted)} paid and adjusted", f"{said(self._total)}, the claim's total")
                self.report(FaultKind.NOT_BALANCED, payer.number, "2320", ("AMT", 2), words)
        self._claim, self._payers = 0, []

    def _begin(self, elements: Elements) -> None:
        self.finish()
        self._claim = self.number
        self._total = cents(elements[2]) if len(elements) > 2 else None  # noqa: PLR2004 - CLM02
        self._lines_total = 0

    def _other_payer(self, _elements: Elements) -> None:
        self._payers.append(_Payer(self.number))

    def _claim_adjustment(self, elements: Elements) -> None:
        if self._payers:
            self._payers[-1].adjusted = joined(self._payers[-1].adjusted, adjustments(elements))

    def _paid(self, elements: Elements) -> None:
        if self._payers and elements[1:2] == ["D"]:
            payer = self._payers[-1]
            payer.paid = cents(elements[2]) if len(elements) > 2 else None  # noqa: PLR2004 - AMT02
            payer.has_paid = True

    def _name(self, elements: Elements) -> None:
        if self._payers and len(elements) > 9:  # noqa: PLR2004 - NM109
            self._payers[-1].identifier = elements[9]

    def _service(self, elements: Elements) -> None:
        amount = elements[self.charge_at] if len(elements) > self.charge_at else ""
        self._lines_total = plus(self._lines_total, amount)
        self._line = _Line(self.number, cents(amount))

    def _decision(self, elements: Elements) -> None:
        self._deciding = None
        if self._line is None or len(elements) < 3:  # noqa: PLR2004 - SVD02
            return
        payer = elements[1]
        if all(one.identifier != payer for one in self._payers):
            words = ("an identifier of no other payer of the claim", "that of a loop 2330B, NM109")
            self.report(FaultKind.NOT_BALANCED, self.number, "2430", ("SVD", 1), words)
            return
        decision = self._line.decisions.setdefault(payer, _Decision(self.number))
        decision.accounted = plus(decision.accounted, elements[2])
        self._deciding = decision, payer

    def _line_adjustment(self, elements: Elements) -> None:
        if self._deciding is None:
            return
        decision, identifier = self._deciding
        amount = adjustments(elements)
        decision.accounted = joined(decision.accounted, amount)
        payer = next(one for one in self._payers if one.identifier == identifier)
        payer.adjusted = joined(payer.adjusted, amount)

    def _end_line(self, _elements: Elements) -> None:
        line, self._line, self._deciding = self._line, None, None
        if line is None or line.charge is None:
            return
        for decision in line.decisions.values():
            if decision.accounted is not None and decision.accounted != line.charge:
                found = f"{said(decision.accounted)} paid and adjusted"
                expected = f"{said(line.charge)}, the line's charge in {self.service}{self.charge_at:02d}"
                self.report(FaultKind.NOT_BALANCED, decision.number, "2430", ("SVD", 2), (found, expected))
