"""What every patient, every payer and the bank owe, told by what was done alone: a plain count beside the ledger.

Nothing here knows accounts, entries or transactions, and nothing of the ledger's code is asked. Each thing that is done
says what it changes in these amounts; what the ledger then holds, put into the same words (`told_by_ledger`), must be
the same amounts, to the cent, and no other.

An amount is named by what it is, whose, and by or to whom, in cents:

    charge LINE           what a clinic asks for a line; `brought LINE`: what was owed before this ledger began
    open LINE WHO         what somebody has still to pay or to decide: `patient`, `primary`, `secondary`, …
    paid LINE WHO         what somebody paid on it; by a patient also out of what they had paid ahead
    contract LINE         what a contract takes; `written LINE`: what a person gave up
    credit PATIENT        what a patient paid ahead
    cash DOCUMENT         what a receipt, payment or refund moved; `bank DOCUMENT`: what of it went to the bank
    held, interest, adjusted   of payers' payments: for no line yet, for paying late, taken for other reasons
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import UUID

from django.db import connection

PATIENT = "patient"
COST_SHARING = ("1", "2", "3")
"""Reasons of deductible, coinsurance and copay."""
_SAID_BY_PAYERS = (*COST_SHARING, "96")

Amount: TypeAlias = tuple[str, str, str]
Change: TypeAlias = dict[Amount, int]
"""Amounts with how many cents each of them moves; none that does not move."""


def together(*changes: Change) -> Change:
    """These changes as one."""
    sums: Counter[Amount] = Counter()
    for change in changes:
        for amount, cents in change.items():
            sums[amount] += cents
    return {amount: cents for amount, cents in sums.items() if cents}


def turned(change: Change) -> Change:
    """What takes a change back."""
    return {amount: -cents for amount, cents in change.items()}


def charged(line: str, who: str, cents: int) -> Change:
    """A line is charged to somebody."""
    return together({("charge", line, ""): cents, ("open", line, who): cents})


def decided(line: str, who: str, to: str, *, paid: int, contract: int, left: int) -> Change:
    """Somebody pays of a line, takes off what the contract takes, and leaves a part to somebody else.

    What they do not accept stays open to them.
    """
    return together(
        {
            ("open", line, who): -paid - contract - left,
            ("paid", line, who): paid,
            ("contract", line, ""): contract,
        },
        {("open", line, to): left},
    )


def paid_by_patient(line: str, cents: int) -> Change:
    """A patient pays of a line."""
    return together({("open", line, PATIENT): -cents, ("paid", line, PATIENT): cents})


class Money:
    """A clinic's money by these amounts."""

    def __init__(self) -> None:
        self.amounts: dict[Amount, int] = {}
        self.patient_of: dict[str, str] = {}
        """Of each line, whose it is."""
        self.shares: dict[str, dict[str, int]] = {}
        """Of each line, why what was ever the patient's is: by reason, in cents."""
        self.is_protected: Callable[[str], bool] = lambda _line: False
        """Whether Medicare's cost sharing of a line may not be asked of its patient."""
        self.pursued: Callable[[], dict[str, int]] = dict
        """What payers refused as the patient's, by line, and are still asked about."""

    def of(self, what: str, whose: str = "", who: str = "") -> int:
        """One amount."""
        return self.amounts.get((what, whose, who), 0)

    def sum_of(self, *whats: str) -> int:
        """All amounts of these kinds."""
        return sum(cents for (what, _whose, _who), cents in self.amounts.items() if what in whats)

    def each(self, what: str, who: str | None = None) -> dict[str, int]:
        """The amounts of one kind (and of one who is to pay), by whose they are; in the order of their names."""
        found = {
            whose: cents
            for (kind, whose, by), cents in self.amounts.items()
            if kind == what and (who is None or by == who)
        }
        return dict(sorted(found.items()))

    def add(self, change: Change) -> None:
        """What was done is done."""
        for amount, cents in change.items():
            now = self.amounts.get(amount, 0) + cents
            if now:
                self.amounts[amount] = now
            else:
                self.amounts.pop(amount, None)

    def lines_of(self, patient: str) -> list[str]:
        """A patient's lines, by name."""
        return sorted(line for line, whose in self.patient_of.items() if whose == patient)

    def leave(self, line: str, reason: str, cents: int) -> None:
        """Something of a line becomes the patient's for a reason, or is not any more."""
        shares = self.shares.setdefault(line, {})
        shares[reason] = shares.get(reason, 0) + cents

    def ask_payer(self, line: str, cents: int, reason: str) -> None:
        """A payer is asked for what was the patient's: first what a person had moved to them, then the largest part."""
        shares, left = self.shares.setdefault(line, {}), cents
        for why, there in sorted(shares.items(), key=lambda one: (one[0] in _SAID_BY_PAYERS, -one[1], one[0])):
            part = min(left, max(0, there))
            shares[why], left = there - part, left - part
        self.leave(line, reason, -left)

    def protected(self, line: str) -> int:
        """What of a line stands open to its patient and may not be asked of them."""
        if not self.is_protected(line):
            return 0
        return max(0, min(self._cost_sharing(line), self.of("open", line, PATIENT)))

    def wrongly_paid(self, line: str) -> int:
        """What a patient has paid of what may not be asked of them."""
        sharing = self._cost_sharing(line)
        if sharing <= 0 or not self.is_protected(line):
            return 0
        theirs = max(0, sum(self.shares.get(line, {}).values()) - sharing)
        return max(0, min(self.of("paid", line, PATIENT) - theirs, sharing))

    def _cost_sharing(self, line: str) -> int:
        shares = self.shares.get(line, {})
        return sum(shares.get(reason, 0) for reason in COST_SHARING)

    def owed_by_patient(self, patient: str) -> dict[str, int]:
        """What a patient owes, by line; lines that they owe nothing on are left out."""
        pursued = self.pursued()
        found = {
            line: self.of("open", line, PATIENT) - self.protected(line) - pursued.get(line, 0)
            for line in self.lines_of(patient)
        }
        return {line: cents for line, cents in found.items() if cents > 0}

    def overpaid_by_patient(self, patient: str) -> dict[str, int]:
        """What a patient paid too much, by line."""
        found = {line: -self.of("open", line, PATIENT) for line in self.lines_of(patient)}
        return {line: cents for line, cents in found.items() if cents > 0}

    def on_the_way(self) -> dict[str, int]:
        """What of each document is not at the bank; below nothing where money is still to leave it."""
        cash, bank = self.each("cash"), self.each("bank")
        found = {one: cash.get(one, 0) - bank.get(one, 0) for one in {*cash, *bank}}
        return {one: found[one] for one in sorted(found) if found[one]}

    def require_whole(self) -> None:
        """Every cent of every line is somewhere, and the cash is what was paid, on lines and beside them."""
        left: dict[str, int] = defaultdict(int)
        for (what, whose, _who), cents in self.amounts.items():
            if what in _OF_A_LINE and whose:
                left[whose] += _OF_A_LINE[what] * cents
        assert {line: cents for line, cents in left.items() if cents} == {}
        beside = self.sum_of("credit", "held", "interest") - self.sum_of("adjusted") + self.of("brought")
        assert self.sum_of("cash") == self.sum_of("paid") + beside


_OF_A_LINE = {"charge": 1, "brought": 1, "open": -1, "paid": -1, "contract": -1, "written": -1}


# --- what the ledger says, in the same words -------------------------------------------------------------------------

_NAMES = {
    "charges": ("charge", -1),
    "brought_forward": ("brought", -1),
    "payer_open": ("open", 1),
    "patient_open": ("open", 1),
    "payer_cash": ("paid", 1),
    "patient_cash": ("paid", 1),
    "contractual": ("contract", 1),
    "written_off": ("written", 1),
    "interest": ("interest", -1),
    "suspense": ("held", -1),
    "provider_adjustment": ("adjusted", 1),
}
"""The ledger's accounts in the words above, with the sign that makes the amount what is said."""


def _in_words(rows: Iterable[tuple[str, str, str, int]]) -> Change:
    """Sums by line, account and payer, put into the words above."""
    sums: Counter[Amount] = Counter()
    for line, account, payer, summed in rows:
        cents = int(summed)
        if account == "patient_credit":
            sums["credit", payer, ""] -= cents
            if line:
                sums["paid", line, PATIENT] += cents
            continue
        what, sign = _NAMES[account]
        if what == "paid" and not line:
            continue
        is_of_patient = account in {"patient_open", "patient_cash"}
        who = (PATIENT if is_of_patient else payer) if what in {"open", "paid"} else ""
        sums[what, line, who] += sign * cents
    return {amount: cents for amount, cents in sums.items() if cents}


def told_by_ledger() -> Change:
    """All that the ledger and the deposits say, read anew."""
    return together(_written(_EVER), _at_bank())


def moved_since(moment: datetime, money: Money) -> Change:
    """What the ledger was told after a moment, and how what is at the bank now differs from what was expected."""
    before = {amount: cents for amount, cents in money.amounts.items() if amount[0] == "bank"}
    return together(_written(moment), _at_bank(), turned(before))


def _written(after: datetime) -> Change:
    """What entries say that were written after a moment, with the cash of each document."""
    since = [connection.ops.adapt_datetimefield_value(after)]
    names: dict[str, str] = {}
    found: Counter[Amount] = Counter()
    for kind, key, cents in _rows(_CASH, since):
        document = "remittance" if kind == "unposting" else kind
        if document == "remittance":
            names = names or payment_names()
        found["cash", names[key] if document == "remittance" else f"{document}:{key}", ""] += int(cents)
    return together(_in_words(_rows(_SUMS, since)), found)


_SUMS = """
SELECT line, account, payer, SUM(cents) FROM practice_ledgerentry WHERE created_at > %s GROUP BY line, account, payer
"""
_CASH = """
SELECT t.source_kind, t.source_key, SUM(e.cents) FROM practice_ledgerentry e
JOIN practice_ledgertransaction t ON t.id = e.transaction_id
WHERE e.created_at > %s AND e.account IN ('payer_cash', 'patient_cash') GROUP BY t.source_kind, t.source_key
"""
_EVER = datetime(2000, 1, 1, tzinfo=UTC)


def payment_names() -> dict[str, str]:
    """By key, the name of each payer's payment: its number, and which posting of it it is."""
    count: Counter[str] = Counter()
    found = {}
    for key, trace in _rows("SELECT id, trace_number FROM practice_remittance ORDER BY created_at"):
        count[trace] += 1
        found[str(UUID(str(key)))] = f"remittance:{trace}/{count[trace]}"
    return found


def _at_bank() -> Change:
    """What of each document is on deposits."""
    rows = list(_rows("SELECT receipt_id, remittance_id, refund_id, cents FROM practice_deposititem"))
    names = payment_names() if any(remittance for _receipt, remittance, _refund, _cents in rows) else {}
    found: Counter[Amount] = Counter()
    for receipt, remittance, refund, cents in rows:
        key = str(UUID(str(receipt or remittance or refund)))
        found["bank", names[key] if remittance else f"{'receipt' if receipt else 'refund'}:{key}", ""] += cents
    return dict(found)


def _rows(statement: str, values: Sequence[Any] = ()) -> list[Any]:
    """What the database answers to a statement of ours: nothing of the product stands between."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[Any] = cursor.fetchall()
    return found
