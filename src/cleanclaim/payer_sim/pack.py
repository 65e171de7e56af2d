"""What the simulated payer pays and denies: its plans, fees, edits and habits, read from its own data files.

Each file states under `[source]` that its figures are the simulated payer's own. Shares and chances are whole
hundredths of a percent, money is whole cents. A key that is missing or not known is a `PackError` that names it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

from pydantic import Field, ValidationError

from cleanclaim.money import Cents, parse_cents
from cleanclaim.payer_sim.chance import WHOLE
from cleanclaim.records.adjudication import AdjustmentGroup, ReasonCode
from cleanclaim.records.model import NonNegative, ProcedureCode, Record
from cleanclaim.sources import Source


class PackError(ValueError):
    """A data file of the simulated payer that does not say what is expected."""


class Reason(Record):
    """How something not paid is said: who bears it, the reason (CARC), and the remarks (RARC) beside it."""

    group: AdjustmentGroup
    reason: ReasonCode
    remarks: tuple[str, ...] = ()


Discipline = Literal["PT", "OT", "ST"]
"""Physical, occupational or speech therapy."""


class AppealLevel(Record):
    """One level of appeal: within how many days of the decision it is taken, and in how many it is decided."""

    within_days: NonNegative
    decided_days: NonNegative


class Plan(Record):
    """One plan: benefits, contract and habits. Shares in hundredths of a percent; a threshold of 0 is none."""

    id: str
    label: str
    filing_indicators: tuple[str, ...]
    remitted_as: str
    """The code by which an 835 names the kind of plan (CLP06); the list differs from that of claims."""
    member_id: str
    """A pattern that the whole member number fits."""
    contract_share: NonNegative
    deductible_cents: NonNegative
    coinsurance_share: NonNegative = Field(le=WHOLE)
    copay_cents: NonNegative
    sequestration_share: NonNegative = Field(le=WHOLE)
    assistant_share: NonNegative = Field(le=WHOLE)
    reduction_share: NonNegative = Field(le=WHOLE)
    threshold_cents: NonNegative
    wants_therapy_modifier: bool
    wants_authorization: bool
    accepts_replacement: bool
    crosses_over: bool
    denied_status: str
    insurance_type: str
    """The code by which an answer to an eligibility inquiry names the kind of plan (EB04)."""
    visit_limit: NonNegative
    visits_shared: tuple[Discipline, ...]
    benefit_form: Literal["EB", "HSD"]
    timely_days: NonNegative
    pays_after_days: NonNegative
    late_after_days: NonNegative
    interest_share: NonNegative
    """Interest of a year on what is paid late."""
    appeals: tuple[AppealLevel, ...]

    def counted_with(self, discipline: Discipline) -> tuple[Discipline, ...]:
        """The disciplines whose visits are counted together with those of this one, itself among them."""
        return self.visits_shared if discipline in self.visits_shared else (discipline,)

    def fits(self, member_id: str) -> bool:
        """Whether a member number has the plan's shape."""
        return re.fullmatch(self.member_id, member_id) is not None


class Fee(Record):
    """What one unit of a code is worth, before the contract; how many units of it a day are paid."""

    code: ProcedureCode
    amount: str
    practice_expense_share: NonNegative = Field(le=WHOLE)
    is_therapy: bool
    daily_units: NonNegative

    @property
    def cents(self) -> Cents:
        """The fee of one unit."""
        return parse_cents(self.amount)


class Scenario(Record):
    """How rough the payer is: chances in hundredths of a percent, days, and what patients spent elsewhere at most."""

    unknown_subscribers: NonNegative
    ended_coverage: NonNegative
    late_payments: NonNegative
    late_days: NonNegative
    claim_level_sequestration: NonNegative
    split_lines: NonNegative
    underpaid_claims: NonNegative
    underpaid_share: NonNegative = Field(le=WHOLE)
    taken_back: NonNegative
    taken_back_days: NonNegative
    recouped_later: NonNegative
    recouped_days: NonNegative
    other_spending_cents: NonNegative
    crossover: NonNegative
    unforeseen: dict[str, int]


class _PairTable(Record):
    plans: tuple[str, ...]
    rows: tuple[tuple[ProcedureCode, ProcedureCode], ...]


class _Pairs(Record):
    passes: tuple[str, ...]
    tables: tuple[_PairTable, ...]


class _Bundled(Record):
    plans: tuple[str, ...]
    codes: tuple[ProcedureCode, ...]


class _Recoded(Record):
    plans: tuple[str, ...]
    billed: ProcedureCode
    paid: ProcedureCode


class Package(Record):
    """Codes that are paid together: `least_codes` of them on one day are paid as one, by the code `paid`."""

    plans: tuple[str, ...]
    codes: tuple[ProcedureCode, ...]
    least_codes: NonNegative = Field(ge=2)
    paid: ProcedureCode
    amount: str

    @property
    def cents(self) -> Cents:
        """The rate of a day."""
        return parse_cents(self.amount)


class Statuses(Record):
    """What an inquiry about a claim is told: category and status, joined by a colon."""

    received: str
    pending: str
    paid: str
    denied: str
    without_payment: str
    not_found: str


class _Edits(Record):
    status: Statuses
    forwarded_remark: str
    pairs: _Pairs
    diagnoses: dict[ProcedureCode, tuple[str, ...]]
    bundled: tuple[_Bundled, ...]
    recoded: tuple[_Recoded, ...]
    packages: tuple[Package, ...]
    not_decided: tuple[str, ...]
    """Denials that decide nothing: the same service may come again as it was."""
    appeals: dict[str, tuple[NonNegative, ...]]
    """By the name of a denial, the chance that each level of appeal overturns it."""
    denials: dict[str, Reason]
    cuts: dict[str, Reason]


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything that the payer decides by."""

    plans: tuple[Plan, ...]
    fees: Mapping[str, Fee]
    edits: _Edits
    scenarios: Mapping[str, Scenario]

    def plan_of(self, filing_indicator: str) -> Plan:
        """The plan that answers claims of this indicator (SBR09); the first plan for one that none names."""
        return next((plan for plan in self.plans if filing_indicator in plan.filing_indicators), self.plans[0])

    def is_bundled(self, plan: Plan, code: str) -> bool:
        """Whether the plan never pays the code by itself."""
        return any(plan.id in one.plans and code in one.codes for one in self.edits.bundled)

    def firsts(self, plan: Plan, second: str) -> frozenset[str]:
        """The codes that a code is a part of for the plan, when both are of one day."""
        rows = (row for table in self.edits.pairs.tables if plan.id in table.plans for row in table.rows)
        return frozenset(first for first, other in rows if other == second)

    def is_therapy(self, plan: Plan, code: str) -> bool:
        """Whether the plan pays the code as therapy; not where it has no fee for it."""
        fee = self.fees.get(self.paid_as(plan, code))
        return fee is not None and fee.is_therapy

    def paid_as(self, plan: Plan, code: str) -> str:
        """The code that the plan pays in place of the one billed; mostly the same."""
        return next((one.paid for one in self.edits.recoded if plan.id in one.plans and one.billed == code), code)

    def denial(self, name: str) -> Reason:
        """How a denial is said."""
        return self.edits.denials[name]

    def cut(self, name: str) -> Reason:
        """How a cut of a paid line is said."""
        return self.edits.cuts[name]


@cache
def load_pack() -> Pack:
    """The pack that comes with the program."""
    try:
        plans = tuple(Plan(**table) for table in _table("plans.toml")["plan"])
        fees = tuple(Fee(**table) for table in _table("fees.toml")["fee"])
        edits = _Edits(**_table("edits.toml"))
        scenarios = {name: Scenario(**table) for name, table in _table("scenarios.toml").items()}
    except (KeyError, TypeError, ValidationError) as error:
        raise PackError(f"data of the simulated payer: {error}") from error
    named = {*edits.not_decided, *edits.appeals}
    if not named <= set(edits.denials):
        raise PackError(f"edits.toml: {', '.join(sorted(named - set(edits.denials)))}: expected names of [denials]")
    for name, scenario in scenarios.items():
        unknown = set(scenario.unforeseen) - set(edits.denials)
        if unknown or sum(scenario.unforeseen.values()) > WHOLE:
            raise PackError(f"scenarios.toml: {name}.unforeseen: expected names of edits.toml, at most {WHOLE} in all")
    return Pack(plans, {fee.code: fee for fee in fees}, edits, scenarios)


def scenario_names() -> tuple[str, ...]:
    """The scenarios there are, from the calmest on."""
    return tuple(load_pack().scenarios)


def _table(name: str) -> dict[str, Any]:
    """A data file without its source, which must be a whole one."""
    text = (resources.files("cleanclaim.payer_sim") / "data" / name).read_text("utf-8")
    try:
        table = tomllib.loads(text)
        Source.from_table(table.pop("source"))
    except (tomllib.TOMLDecodeError, KeyError, ValueError) as error:
        raise PackError(f"{name}: {error}; expected TOML with a [source]") from error
    return table
