"""The bank's list before anything is made of it: each row with what it seems to show, then taken as a whole, once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from cleanclaim.practice import audit_trail, clock
from cleanclaim.practice.engine.books.deposits import NotDepositedError, awaited, keep, known_movements
from cleanclaim.practice.models import BankFile, BankLine, Clinic, User
from cleanclaim.practice.sealing import Plain
from cleanclaim.receivables.bank_files import BankRow, Problem, Shown, read_bank_file, shown_by


@dataclass(frozen=True, slots=True)
class Looked:
    """One row of a list, and what would become of it.

    `is_known`: this very movement was taken before. `is_alike`: one of its day and amount was, in other words, as where
    the same account is read once as CSV and once as OFX.
    """

    row: BankRow
    is_known: bool
    is_alike: bool
    shown: Shown | None
    deposit: str
    """The deposit that a movement which was taken before shows."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A list as it was read: its rows in order, and those that could not be read."""

    rows: tuple[Looked, ...]
    problems: tuple[Problem, ...]

    @property
    def fresh(self) -> int:
        """How many movements are new."""
        return sum(not one.is_known for one in self.rows)

    @property
    def certain(self) -> int:
        """How many of them are matched at once, since number and amount agree."""
        return sum(one.shown is not None and one.shown.is_certain for one in self.rows)


def store(clinic: Clinic, user: User, data: bytes, *, origin: str = "") -> BankFile:
    """Keep a bank's file, sealed, as it was read. The same file again is the one that is kept.

    Raises `receivables.bank_files.BankFileError` where it is no list of movements.
    """
    read_bank_file(data)
    sha256 = hashlib.sha256(data).hexdigest()
    with transaction.atomic():
        row, is_new = BankFile.objects.get_or_create(
            clinic=clinic, sha256=sha256, defaults={"content": Plain(data), "size": len(data), "read_by": user}
        )
        if is_new:
            audit_trail.record(clinic.id, user, "create", "bank_file", row.pk, origin=origin)
    found: BankFile = row
    return found


def preview(file: BankFile) -> Preview:
    """What would become of a file's rows today; nothing is written."""
    read = read_bank_file(file.content.data)
    known = known_movements(read.rows)
    waiting = list(BankLine.objects.filter(deposit=None))
    movements = [(str(line.pk), line.on, line.cents, line.description or "") for line in waiting]
    movements += [(row.digest, row.on, row.cents, row.words) for row in read.rows if row.digest not in known]
    shown = shown_by(movements, awaited())
    alike = _days_and_amounts(read.rows)
    rows = []
    for row in read.rows:
        is_known = row.digest in known
        is_alike = not is_known and (row.on, row.cents) in alike
        rows.append(Looked(row, is_known, is_alike, shown.get(row.digest), known.get(row.digest, "")))
    return Preview(tuple(rows), tuple(read.problems))


def _days_and_amounts(rows: list[BankRow]) -> set[tuple[date, int]]:
    """Days and cents of the movements that were taken before, of the days that these span."""
    if not rows:
        return set()
    days = [row.on for row in rows]
    return set(BankLine.objects.filter(on__gte=min(days), on__lte=max(days)).values_list("on", "cents"))


def take(clinic: Clinic, user: User, file_id: UUID, *, origin: str = "") -> tuple[int, int]:
    """Take the rows of a file that are new; those whose number and amount agree are matched.

    Returns how many were kept and how many of them were matched. Raises `NotDepositedError` where there is no file.
    """
    with transaction.atomic():
        row = BankFile.objects.select_for_update(of=("self",)).filter(pk=file_id).first()
        if row is None:
            raise NotDepositedError("there is no such file")
        kept, matched = keep(clinic, user, read_bank_file(row.content.data), source=row, origin=origin)
        row.taken_by, row.taken_at = user, clock.now()
        row.save_if_unchanged(row.version, "taken_by", "taken_at")
        return kept, matched
