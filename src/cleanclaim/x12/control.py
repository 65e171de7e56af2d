"""Control numbers: the serial numbers by which sender and receiver recognize an interchange, group and transaction.

They are handed in, never made from a clock or at random, and each is handed out once. Keeping them between runs
is the caller's business (`cleanclaim.claims.control_numbers` keeps them in a small file).
"""

from __future__ import annotations

from dataclasses import dataclass

LARGEST = 999_999_999
"""Nine digits are all that an envelope has room for."""


class ControlNumberError(ValueError):
    """A control number that is out of range, used up, or would be used twice."""


@dataclass(slots=True)
class ControlNumbers:
    """The next number of each kind; taking one moves on, so that none is given twice."""

    interchange: int = 1
    group: int = 1
    transaction: int = 1

    def __post_init__(self) -> None:
        """Refuse numbers that do not fit nine digits."""
        for name in ("interchange", "group", "transaction"):
            value = getattr(self, name)
            if not 1 <= value <= LARGEST + 1:
                raise ControlNumberError(f"next {name} control number {value}: expected 1 to {LARGEST}")

    def take_interchange(self) -> int:
        """The next interchange number (ISA13 and IEA02)."""
        number = _left(self.interchange, "interchange")
        self.interchange += 1
        return number

    def take_group(self) -> int:
        """The next group number (GS06 and GE02)."""
        number = _left(self.group, "group")
        self.group += 1
        return number

    def take_transaction(self) -> int:
        """The next transaction number (ST02 and SE02)."""
        number = _left(self.transaction, "transaction")
        self.transaction += 1
        return number


def _left(number: int, name: str) -> int:
    if number > LARGEST:
        raise ControlNumberError(
            f"all {name} control numbers up to {LARGEST} are used; agree a new start with the payer"
        )
    return number
