"""How fast a payer's payment is posted, on SQLite and on PostgreSQL: `./dev bench posting`.

The sample clinic's filed claims are multiplied with their priced lines, each charged in the ledger; one payment (835)
then answers them all, as payers do. Most are paid what they are worth: over the fee schedule given up, a coinsurance,
sequestration where it is Medicare, the amount allowed told beside. One in twelve is refused whole, one in twenty-five
in one line, one in forty paid too little, one in five sent on to the next payer, two in a hundred taken back and
corrected, one in a hundred is of a claim that is not ours.

Printed are claims per second from the bytes of the file to the committed rows, with matching, ledger, answers,
histories and worklist: on the clock and, as the machine may have other work, of processor time, the program's and the
database server's apart; and, of a second payment, where the time goes.

Smaller: `CLAIMS=2000 ENGINES=sqlite ./dev bench posting`.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

CLAIMS = int(os.environ.get("CLAIMS", "10000"))
PROFILED = min(CLAIMS, 2000)
WARMED = 50
"""Claims of a payment that goes first, so that a program is measured that runs, and not one that begins."""
ENGINES = os.environ.get("ENGINES", "sqlite,postgresql").split(",")
TARGETS = {"sqlite": 500, "postgresql": 1000}
DENIED_ONE_IN = 12
LINE_DENIED_ONE_IN = 25
SHORT_ONE_IN = 40
SENT_ON_ONE_IN = 5
CORRECTED_ONE_IN = 50
FOREIGN_ONE_IN = 100
COINSURANCE, SEQUESTRATION, SHORT = 20, 2, 80
"""In hundredths: of what is allowed, of what is then paid, and what is allowed of a line that is paid too little."""
REFUSALS = (("CO", "197", ""), ("CO", "16", "N290"), ("CO", "29", ""), ("CO", "50", "N115"), ("PR", "204", ""))
"""Group, reason (CARC) and remark (RARC) by which claims are refused, one after the other."""
_LINE_REFUSAL = ("CO", "97", "M15")
DAYS = 365
CHUNK = 1000
FOLDER = Path(__file__).parent.parent / "examples" / "clinic-day"
_STAGES = (
    ("read the file", "reader_835.py", "read_835"),
    ("ask for the claims", "claims_of_answers.py", "__init__"),
    ("open the claims", "claims_of_answers.py", "take"),
    ("place the answers", "plan.py", "place"),
    ("answers as rows", "answer_rows.py", "answer_row"),
    ("write the ledger", "ledger_rows.py", "write"),
    ("write the answers", "answer_rows.py", "write_answers"),
    ("look what to follow up", "denials.py", "to_look_at"),
    ("bring the worklist into step", "denials.py", "bring_into_step"),
    ("claims to next payers", "coordination.py", "make_due_of"),
)
"""Parts of a payment, each with the file and the function that does it."""


def main() -> None:
    """Measure each engine in a process of its own."""
    for engine in ENGINES:
        home = tempfile.mkdtemp(prefix="cleanclaim-posting-")
        command = [sys.executable, "-c", "from benchmarks.posting import measure; measure()"]
        environment = {**os.environ, "CLEANCLAIM_HOME": home, "CLEANCLAIM_DEMO": "1", "ENGINES": engine}
        environment["CLEANCLAIM_DEMO_DAY"] = "2026-09-25"
        try:
            subprocess.run(command, check=True, env=environment, cwd=Path(__file__).parent.parent)  # noqa: S603 - our own
        finally:
            shutil.rmtree(home, ignore_errors=True)


def measure() -> None:
    """Fill one engine's database, post, and print."""
    (engine,) = ENGINES
    cluster = None
    if engine == "postgresql":
        from tests import postgres

        cluster = postgres.start("shared_buffers=256MB")
        os.environ["CLEANCLAIM_DATABASE"] = cluster.address(postgres.OWNER)
    try:
        _measure(engine)
    finally:
        if cluster is not None:
            cluster.stop()


def _measure(engine: str) -> None:
    from cleanclaim.practice import serving

    serving.prepare(migrate=True)
    from django.db import connection

    from cleanclaim.practice import tenancy
    from cleanclaim.practice.demo import load_folder
    from cleanclaim.practice.engine.ledger import ledger_rows
    from cleanclaim.practice.models import ClaimAnswer, Membership, Role

    clinic = load_folder(FOLDER, "measured", on=serving.DEMO_DAY)
    with tenancy.scope([clinic.pk]):
        user = Membership.objects.filter(role=Role.BILLER.value).select_related("user")[0].user
        claims = list(filed(clinic, user, CLAIMS + PROFILED + WARMED))
        with connection.cursor() as cursor:  # as a database does by itself some time after so many rows came
            cursor.execute("ANALYZE")
        _post(clinic, user, remittance(claims[CLAIMS + PROFILED :], "MEASURED0"))
        data = remittance(claims[:CLAIMS], "MEASURED1")
        before = _worked()
        seconds, row = _post(clinic, user, data)
        worked = [after - start for after, start in zip(_worked(), before, strict=True)]
        count = row.claims_count
        states = dict.fromkeys(("posted", "held"), 0)
        for state in ClaimAnswer.objects.filter(remittance=row).values_list("state", flat=True):
            states[state] += 1
        rate = count / seconds
        verdict = "reached" if rate >= TARGETS[engine] else "missed"
        size = f"{len(data) / 1e6:.1f} MB"
        print(
            f"{engine}: {count:,} claims of one payment ({size}) posted in {seconds:.1f} s: {rate:,.0f} "
            f"a second (wanted: {TARGETS[engine]:,}, {verdict}); {states['posted']:,} posted, {states['held']:,} held"
        )
        told = ", ".join(
            f"{name} {spent:.1f} s ({count / spent:,.0f} a second)"
            for name, spent in zip(("program", "database server"), worked, strict=False)
        )
        print(f"  of processor time {told}; {count / sum(worked):,.0f} a second where one processor does both")
        profile = cProfile.Profile(time.process_time)
        again = remittance(claims[CLAIMS : CLAIMS + PROFILED], "MEASURED2")
        statements = _Statements()
        with connection.execute_wrapper(statements):
            profile.enable()
            _seconds, second = _post(clinic, user, again)
            profile.disable()
        _print(profile, second.claims_count)
        statements.print()
        faults = list(ledger_rows.faults(clinic))
        print(f"  ledger: {len(faults)} faults")


def _worked() -> list[float]:
    """Seconds of processor time so far: of this program, and of PostgreSQL's process that serves it."""
    from django.db import connection

    found = [time.process_time()]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (process,) = cursor.fetchone()
        told = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        found.append((int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK"))
    return found


class _Statements:
    """The time of statements of the database, by what each begins with.

    One that is asked behind rows that were sent ahead (PostgreSQL) waits for them: that is in its time.
    """

    def __init__(self) -> None:
        self.spent: dict[str, tuple[float, int]] = {}

    def __call__(self, execute: Any, sql: str, *arguments: Any) -> Any:  # noqa: ANN401 - Django's own signature
        """Run a statement and count its time."""
        started = time.perf_counter()
        try:
            return execute(sql, *arguments)
        finally:
            key = " ".join(sql[:44].split()) + (sql[sql.index(" FROM ") :][:40] if " FROM " in sql[:3000] else "")
            seconds, count = self.spent.get(key, (0.0, 0))
            self.spent[key] = seconds + time.perf_counter() - started, count + 1

    def print(self) -> None:
        """The dearest."""
        print("  dearest statements:")
        for key, (seconds, count) in sorted(self.spent.items(), key=lambda told: -told[1][0])[:6]:
            print(f"    {seconds:>6.2f} s {count:>5,} times  {key[:90]}")


def _post(clinic: Any, user: Any, data: bytes) -> tuple[float, Any]:  # noqa: ANN401 - rows
    from cleanclaim.practice.engine.payments.remitting import keep_file, post

    started = time.perf_counter()
    found = post(clinic, user, keep_file(clinic, user, data))
    seconds = time.perf_counter() - started
    (row,) = found.posted
    return seconds, row


def _print(profile: cProfile.Profile, count: int) -> None:
    """Where the time of a payment goes: the stages, then the dearest functions by their own time."""
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    total = sum(own for _calls, _all, own, _cumulative, _callers in stats.values())
    print(f"  of {count:,} claims under the profiler, {total:.1f} s:")
    for words, *done_by in _STAGES:
        spent = sum(told[3] for (file, _line, name), told in stats.items() if [Path(file).name, name] == done_by)
        print(f"    {words:<32}{spent / total:>6.1%}")
    print("  dearest functions by their own time:")
    dearest = sorted(stats.items(), key=lambda told: -told[1][2])[:12]
    for (file, line, function), told in dearest:
        place = f"{Path(file).parent.name}/{Path(file).name}:{line}" if line else "built in"
        print(f"    {told[2] / total:>6.1%}  {told[0]:>9,} calls  {function[:44]:<44} {place}")


# --- claims ------------------------------------------------------------------------------------------------


def filed(clinic: Any, user: Any, wanted: int) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - rows
    """Copies of the sample clinic's ready claims, filed and charged; yields each one's record.

    Under `allowed` a record has what its lines are worth, in cents.
    """
    from django.db import transaction

    from cleanclaim.ledger.entries import Source
    from cleanclaim.practice.engine.claims import charging
    from cleanclaim.practice.engine.judging.known_claims import filed_claims
    from cleanclaim.practice.engine.ledger import ledger_rows
    from cleanclaim.practice.models import Batch, Claim, ClaimLine, ClaimStatus, Patient, Visit
    from cleanclaim.practice.sealing import Plain

    batch = Batch.objects.create(
        clinic=clinic, payer="sample", payer_name="Sample", interchange_control="999999999", file_name="sample.837",
        content=Plain(b"ISA"), sha256="0" * 64, claims_count=1, charge_cents=1,
    )  # fmt: skip
    ready = Claim.objects.filter(status=ClaimStatus.READY.value, gaps=[]).select_related("visit", "patient")
    templates = sorted(ready, key=lambda one: str(one.number))
    for claim in templates:
        for row in (claim, claim.visit, claim.patient):
            for item in row._meta.concrete_fields:  # noqa: SLF001 - opens what is sealed
                getattr(row, item.attname)
    source = Source("batch", str(batch.pk), batch.sha256)
    priced = {claim.pk: list(claim.lines.order_by("position")) for claim in templates}
    for start in range(0, wanted, CHUNK):
        patients, visits, claims, lines = [], [], [], []
        for number in range(start, min(start + CHUNK, wanted)):
            claim = templates[number % len(templates)]
            day = claim.date_of_service - timedelta(days=number % DAYS)
            patient = _copy(claim.patient, number=f"M{number:07d}")
            visit = _copy(claim.visit, number=f"MV{number:07d}", patient=patient, appointment=None, date_of_service=day)
            name = f"MC{number:07d}"
            record = {**claim.record, "id": name, "visit_ids": [visit.number]}
            record["lines"] = [
                {**line, "date_of_service": day.isoformat(), "control_number": f"{name}-{line['number']}"}
                for line in claim.record["lines"]
            ]
            made = _copy(
                claim, number=name, visit=visit, patient=patient, batch=batch, coverage=None, date_of_service=day,
                status=ClaimStatus.SUBMITTED.value, record=record,
            )  # fmt: skip
            patients.append(patient)
            visits.append(visit)
            claims.append(made)
            lines += [_copy(line, claim=made) for line in priced[claim.pk]]
            yield {**record, "allowed": [line.allowed_cents for line in priced[claim.pk]]}
        with transaction.atomic():
            for model, rows in ((Patient, patients), (Visit, visits), (Claim, claims), (ClaimLine, lines)):
                model.objects.bulk_create(rows)
            own = Claim.objects.filter(pk__in=[one.pk for one in claims]).order_by("number")
            ledger_rows.write(clinic, user, list(charging.charges(clinic, filed_claims(own), source, clinic_day())))


def clinic_day() -> Any:  # noqa: ANN401 - a date
    """The day that the sample clinic plays on."""
    from cleanclaim.practice.serving import DEMO_DAY

    return DEMO_DAY


def _copy(row: Any, **changes: object) -> Any:  # noqa: ANN401 - any row
    values = {item.attname: row.__dict__.get(item.attname) for item in row._meta.concrete_fields}  # noqa: SLF001
    made = type(row)(**values)
    made.pk = uuid.uuid4()
    made._state.adding = True  # noqa: SLF001
    for name, value in changes.items():
        setattr(made, name, value)
    return made


# --- the payment -------------------------------------------------------------------------------------------


def remittance(claims: Sequence[dict[str, Any]], trace: str) -> bytes:
    """One payment that answers these claims."""
    from cleanclaim.money import plain

    paid, parts = 0, []
    for number, record in enumerate(claims):
        if number % CORRECTED_ONE_IN == 2:
            first = _Said(record, short=True)
            parts += [first.text(), first.text(sign=-1)]
        said = _Said(
            record,
            refusal=REFUSALS[number // DENIED_ONE_IN % len(REFUSALS)] if number % DENIED_ONE_IN == 0 else None,
            has_refused_line=number % LINE_DENIED_ONE_IN == 3,
            short=number % SHORT_ONE_IN == 5,
            is_sent_on=number % SENT_ON_ONE_IN == 4,
            is_foreign=number % FOREIGN_ONE_IN == 1,
        )
        paid += said.paid
        parts.append(said.text())
    body = (
        f"ST*835*0001~BPR*I*{plain(paid)}*C*ACH*CCP*01*1*DA*1*1512345678**01*2*DA*3*20261012~TRN*1*{trace}*1512345678~"
        f"N1*PR*MEASURED PAYER~N1*PE*CLINIC*XX*{claims[0]['billing']['npi']}~LX*1~{''.join(parts)}"
    )
    return (
        "ISA*00*          *00*          *ZZ*SYNPAYER       *ZZ*MEASURED       *261012*0900*^*00501*000000001*0*P*:~"
        "GS*HP*SYNPAYER*MEASURED*20261012*0900*1*X*005010X221A1~"
        f"{body}SE*{body.count('~') + 1}*0001~GE*1*1~IEA*1*000000001~"
    ).encode()


class _Said:
    """What the payer says about one claim."""

    def __init__(
        self,
        record: dict[str, Any],
        *,
        refusal: tuple[str, str, str] | None = None,
        has_refused_line: bool = False,
        short: bool = False,
        is_sent_on: bool = False,
        is_foreign: bool = False,
    ) -> None:
        self.record, self.is_foreign = record, is_foreign
        self.status = "4" if refusal else "19" if is_sent_on else "1"
        self.lines: list[_Decision] = []
        for place, line in enumerate(record["lines"]):
            why = refusal or (_LINE_REFUSAL if has_refused_line and not place else None)
            if why is not None:
                group, reason, remark = why
                self.lines.append(_Decision(0, None, [(group, reason, line["charge_cents"])], remark))
                continue
            self.lines.append(_paid(record, place, SHORT if short else 100))

    @property
    def paid(self) -> int:
        """What it pays for the claim, in cents."""
        return sum(line.paid for line in self.lines)

    def text(self, sign: int = 1) -> str:
        """CLP and what follows; taken back where the sign is turned."""
        from cleanclaim.money import plain

        record = self.record
        day = record["lines"][0]["date_of_service"].replace("-", "")
        number, member = record["id"], record["payer"]["member_id"]
        if self.is_foreign:
            number, member = f"X{number}", "NOBODY"
        charge = sign * sum(line["charge_cents"] for line in record["lines"])
        status = self.status if sign > 0 else "22"
        parts = [f"CLP*{number}*{status}*{plain(charge)}*{plain(sign * self.paid)}**MB*ICN{record['id']}~"]
        parts.append(f"NM1*QC*1*SAMPLE*X****MI*{member}~")
        if self.status == "19" and sign > 0:
            parts.append("NM1*TT*2*SUPPLEMENT*****PI*99999~")
        parts.append(f"DTM*232*{day}~")
        for line, decided in zip(record["lines"], self.lines, strict=True):
            code = ":".join(["HC", line["code"], *line["modifiers"]])
            amounts = f"{plain(sign * line['charge_cents'])}*{plain(sign * decided.paid)}"
            parts.append(f"SVC*{code}*{amounts}**{sign * line['units']}~DTM*472*{day}~")
            parts += [
                f"CAS*{group}*{reason}*{plain(sign * cents)}~" for group, reason, cents in decided.unpaid if cents
            ]
            parts.append(f"REF*6R*{line['control_number']}~")
            if decided.allowed is not None:
                parts.append(f"AMT*B6*{plain(sign * decided.allowed)}~")
            if decided.remark:
                parts.append(f"LQ*HE*{decided.remark}~")
        return "".join(parts)


class _Decision(NamedTuple):
    """Paid, allowed where the payer tells it, and group, reason and cents of what was not paid; a remark."""

    paid: int
    allowed: int | None
    unpaid: list[tuple[str, str, int]]
    remark: str = ""


def _paid(record: dict[str, Any], place: int, hundredths: int) -> _Decision:
    """A line that is paid: what it is worth, or so many hundredths of it."""
    charge, worth = record["lines"][place]["charge_cents"], record["allowed"][place]
    allowed = min(charge if worth is None else worth, charge) * hundredths // 100
    theirs = allowed * COINSURANCE // 100
    withheld = (allowed - theirs) * SEQUESTRATION // 100 if record["payer"]["filing_indicator"] == "MB" else 0
    unpaid = [("CO", "45", charge - allowed), ("PR", "2", theirs), ("CO", "253", withheld)]
    return _Decision(allowed - theirs - withheld, allowed, unpaid)
