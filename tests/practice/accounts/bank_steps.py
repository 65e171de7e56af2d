"""Steps of a clinic with its bank: deposits made and taken apart, the bank's list read, matched and unmatched."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

from cleanclaim.practice.engine.books import deposits
from cleanclaim.practice.models import (
    BankLine,
    Deposit,
    Receipt,
)
from cleanclaim.receivables.bank_files import read_bank_file
from tests.practice.accounts.any_order import Life, Step
from tests.practice.accounts.expected_money import Change, payment_names, turned


@dataclass
class Movement:
    """A movement that the bank lists: its cents, the document that its words name, and the deposit that it shows."""

    cents: int
    document: str
    words: str
    deposit: Any = None


def _named(document: str, names: dict[str, str]) -> str:
    """A document as the product names it: by kind and key."""
    kind = document.partition(":")[0]
    return f"remittance:{names[document]}" if kind == "remittance" else document


def _names() -> dict[str, str]:
    return {name: key for key, name in payment_names().items()}


def deposit(life: Life) -> Step | None:
    """Some of what is not at the bank is brought there; what the product shows as such is that, all of it."""
    way = life.money.on_the_way()
    names = _names()
    assert {one.name: one.cents for one in deposits.undeposited()} == {_named(one, names): way[one] for one in way}
    if not way:
        return None
    some = life.random.sample(list(way), life.random.randrange(1, min(4, len(way)) + 1))
    keys = [_named(one, names) for one in some]
    change = {("bank", one, ""): way[one] for one in some}

    def done(_change: Change) -> None:
        row = Deposit.objects.latest("number")
        life.remember("deposits").append((row.pk, change))

    return Step(lambda: deposits.make(life.clinic, life.biller, keys, made_on=life.today), [change], done=done)


def remove_deposit(life: Life) -> Step | None:
    """A deposit is taken apart; not where the bank shows it."""
    found = life.one_of(life.remember("deposits"))
    if found is None:
        return None
    key, change = found
    is_shown = any(one.deposit == key for one in life.remember("bank"))

    def done(_change: Change) -> None:
        life.remember("deposits").remove(found)

    return Step(
        lambda: deposits.remove(life.clinic, life.biller, key), [turned(change)], is_refused=is_shown, done=done
    )


def bank_list(life: Life) -> Step | None:
    """The bank's list is read: what names a document with its amount is that, and so at the bank; the rest waits."""
    way = life.money.on_the_way()
    # A refund has no number by which the bank could name it.
    named = [one for one in way if not one.startswith("refund")]
    fresh = [
        Movement(way[document], document, f"ACH {_told(document)} {life.number()}")
        for document in life.random.sample(named, min(2, len(named)))
    ]
    fresh.append(Movement(life.random.randrange(-900, 9_000) or 1, "", f"SUNDRY {life.number()}"))
    waiting = [one for one in life.remember("bank") if one.deposit is None]
    # A payment that was unposted and posted again has the number that the bank named before.
    numbered = {(_payment(document), way[document]): document for document in named}
    shown: dict[str, Movement] = {}
    for one in (*waiting, *fresh):
        if document := numbered.get((_payment(one.document), one.cents)):
            shown.setdefault(document, one)
    change = {("bank", document, ""): way[document] for document in shown}
    data = io.StringIO()
    csv.writer(data).writerows(
        [("Date", "Description", "Amount"), *((life.today, one.words, f"{one.cents / 100:.2f}") for one in fresh)]
    )
    file = read_bank_file(data.getvalue().encode())

    def done(_change: Change) -> None:
        life.remember("bank").extend(fresh)
        for document, one in shown.items():
            one.deposit = _row(one).deposit_id
            life.remember("deposits").append((one.deposit, {("bank", document, ""): way[document]}))

    return Step(lambda: deposits.keep(life.clinic, life.biller, file), [change], done=done)


def _payment(document: str) -> str:
    """A document without which posting of its payment it is."""
    return document.partition("/")[0]


def _told(document: str) -> str:
    """The number by which the bank names a document: of the receipt, or of the transfer."""
    kind, _colon, key = _payment(document).partition(":")
    return key if kind == "remittance" else str(Receipt.objects.get(pk=key).number)


def _row(movement: Movement) -> BankLine:
    """The movement as it is kept."""
    found: BankLine = next(row for row in BankLine.objects.all() if row.description == movement.words)
    return found


def match(life: Life) -> Step | None:
    """A person says which deposit a movement shows; not where the amounts differ."""
    movement = life.one_of([one for one in life.remember("bank") if one.deposit is None])
    shown = {one.deposit for one in life.remember("bank")}
    found = life.one_of([one for one in life.remember("deposits") if one[0] not in shown])
    if movement is None or found is None:
        return None
    key, change = found
    row = _row(movement)

    def done(_change: Change) -> None:
        movement.deposit = key

    return Step(
        lambda: deposits.match(life.clinic, life.biller, row.pk, f"deposit:{key}"), [{}],
        is_refused=sum(change.values()) != movement.cents, done=done,
    )  # fmt: skip


def unmatch(life: Life) -> Step | None:
    """A match is taken back; the deposit stays."""
    movement = life.one_of([one for one in life.remember("bank") if one.deposit is not None])
    if movement is None:
        return None
    row = _row(movement)

    def done(_change: Change) -> None:
        movement.deposit = None

    return Step(lambda: deposits.unmatch(life.clinic, life.biller, row.pk), [{}], done=done)
