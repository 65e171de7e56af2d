"""How long what is open takes to add up, in a ledger of 100,000 lines: `./dev bench open_balances`; `LINES=…` of them.

The second clinic's database of the demo is filled with claims of four lines: charged, answered by the payer with a
share for the patient, and four of five of those shares paid. What is left is what a clinic of some years has open. Told
is the processor's time of each call, and how many questions it asked of the database.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

LINES = int(os.environ.get("LINES", "100000"))
OF_A_CLAIM = 4
CLAIMS_OF_A_PATIENT = 12
CHARGE, PAID, CONTRACT, SHARE = 10_000, 6_000, 2_500, 1_500
DAY = date(2026, 9, 25)
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of the machine's memory, where it has one
_PIECE = 2_000


def main() -> None:
    """Fill the ledger and ask."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as home:
        os.environ.update(
            CLEANCLAIM_HOME=home, CLEANCLAIM_DEMO="1", CLEANCLAIM_DEMO_DAY=DAY.isoformat(),
            DJANGO_SETTINGS_MODULE="cleanclaim.practice.settings",
        )  # fmt: skip
        from cleanclaim.practice import keys

        keys.make_field_keys()
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        _measure()


def _measure() -> None:
    from cleanclaim.practice import tenancy
    from cleanclaim.practice.demo import load_folder
    from cleanclaim.practice.engine.books import deposits
    from cleanclaim.practice.engine.follow_up import refunds
    from cleanclaim.practice.engine.ledger.payer_aging import open_claims
    from cleanclaim.practice.engine.patients import statements

    clinic = load_folder(Path("examples/clinic-day"), "millrace", on=DAY)
    with tenancy.scope([clinic.pk]):
        begun = time.process_time()
        entries = _fill(clinic)
        _say(f"{LINES:,} lines, {entries:,} entries written in {time.process_time() - begun:.1f} s")
        _time("statements: who is due one", lambda: statements.candidates(clinic))
        _time("owed by payers, claim by claim", open_claims)
        _time("undeposited", deposits.undeposited)
        _time("owed back to patients", refunds.found_of_patients)
        _time("owed back to payers", refunds.found_of_payers)


def _fill(clinic: Any) -> int:  # noqa: ANN401 - a clinic's row
    from django.db import connection, transaction

    from cleanclaim.practice.engine.ledger import ledger_rows
    from cleanclaim.practice.models import Claim, LedgerEntry, Patient

    claim = Claim.objects.select_related("patient", "visit").order_by("number")[0]
    count = LINES // OF_A_CLAIM
    patients = _copies(Patient, claim.patient, -(-count // CLAIMS_OF_A_PATIENT), lambda n: {"number": f"B{n:06d}"})
    made = _copies(
        Claim, claim, count,
        lambda n: {
            "number": f"BC{n:07d}", "patient": patients[n // CLAIMS_OF_A_PATIENT], "status": "submitted",
            "frequency": "7", "date_of_service": DAY - timedelta(days=n % 400),
        },
    )  # fmt: skip
    written = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("PRAGMA cache_size = -500000")
        for place, row in enumerate(made):
            written += list(_history(row, place))
            if len(written) >= _PIECE:
                ledger_rows.write(clinic, None, written)
                written = []
        ledger_rows.write(clinic, None, written)
    return int(LedgerEntry.objects.count())


def _copies(model: Any, row: Any, count: int, changes: Callable[[int], dict[str, Any]]) -> list[Any]:  # noqa: ANN401
    """So many rows like this one, each with what is its own; sealed fields are left empty."""
    from cleanclaim.practice.sealing import SealedField

    fields = [one for one in model._meta.concrete_fields if not isinstance(one, SealedField)]  # noqa: SLF001
    alike = {one.attname: getattr(row, one.attname) for one in fields if one.attname != "id"}
    made = []
    for number in range(count):
        copy = model(**alike, id=uuid4())
        for name, value in changes(number).items():
            setattr(copy, name, value)
        made.append(copy)
    model.objects.bulk_create(made, batch_size=500)
    return made


def _history(claim: Any, place: int) -> Any:  # noqa: ANN401 - rows
    """What a claim's lines went through: two of ten have no answer yet, two of the others still owe the share."""
    from cleanclaim.ledger import posting
    from cleanclaim.ledger.entries import Source
    from cleanclaim.remittance.effects import Effect, LineAnswer

    source, on = Source("bench", str(claim.pk), "0" * 64), claim.date_of_service
    lines = [f"{claim.pk}:{claim.number}:{number}" for number in range(1, OF_A_CLAIM + 1)]
    yield posting.charge(f"charge:{claim.pk}", on, source, "primary", [(line, CHARGE) for line in lines])
    if place % 10 < 2:
        return
    unpaid = ((Effect.CONTRACTUAL, CONTRACT, "45"), (Effect.PATIENT, SHARE, "2"))
    answers = [LineAnswer(line, PAID, unpaid) for line in lines]
    yield posting.remittance(f"answer:{claim.pk}", on, source, "primary", answers, next_payer=posting.PATIENT)
    if place % 10 < 8:
        paid = [(line, SHARE) for line in lines]
        key = f"paid:{claim.pk}"
        yield posting.patient_payment(key, on, source, str(claim.patient_id), SHARE * OF_A_CLAIM, paid)


def _time(what: str, ask: Callable[[], Any]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ask()
    with CaptureQueriesContext(connection) as asked:
        begun = time.process_time()
        found = ask()
        took = time.process_time() - begun
    _say(f"{what}: {len(found):,} in {took * 1000:.0f} ms, {len(asked)} queries")


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()
