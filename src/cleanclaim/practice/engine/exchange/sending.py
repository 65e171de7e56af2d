"""Files go out to a clinic's clearinghouse, and what lies there is fetched: one exchange, done by a worker.

What goes out is brought there by `submission.transmission`, which writes each state down before the step that leaves
it; every such write is a database transaction of its own here. One worker at a time uses a clinic's connection: it
holds a lease that it renews with every step, and that runs out by itself where the worker is killed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from cleanclaim.practice import audit_trail, clock, tenancy
from cleanclaim.practice.engine.claims.outgoing import to_send
from cleanclaim.practice.engine.exchange import acknowledging
from cleanclaim.practice.engine.exchange.connecting import connection_of
from cleanclaim.practice.models import (
    Clinic,
    ExchangeConnection,
    FetchedName,
    Job,
    JobStatus,
    ReceivedFile,
    Transmission,
    User,
)
from cleanclaim.submission.connections import Connection, ConnectionProblemError
from cleanclaim.submission.transmission import TO_SEND, Outgoing, Patience, State, send

EXCHANGE = "exchange"
"""The kind of a job that sends what waits and fetches what is there."""

LEASE = timedelta(minutes=10)
"""How long a worker holds a connection without a word: longer than any step of it may take."""

EVERY = timedelta(minutes=15)
"""How often a worker looks whether there is something to send or to fetch."""

_LONGEST_PROBLEM = 300


@dataclass(slots=True)
class Exchanged:
    """What an exchange came to. `problem` is what ended it early, "" for nothing."""

    sent: int = 0
    left: int = 0
    """Files that could not be brought out now."""
    fetched: int = 0
    known: int = 0
    """Files at the other end whose content was read before."""
    problem: str = ""


class BusyError(RuntimeError):
    """Another worker uses the connection."""


# --- what goes out -------------------------------------------------------------------------------------------


class RowJournal:
    """The journal of one file: its row, each write a database transaction of its own."""

    def __init__(self, row: Transmission, renew: Callable[[], None]) -> None:
        self._row = row
        self._renew = renew

    @property
    def state(self) -> State:
        """The state that was written down last."""
        return State(self._row.state)

    def write(self, state: State, problem: str = "") -> None:
        """Write the state down. An acknowledgment that came in meanwhile is not written over."""
        with transaction.atomic(), tenancy.scope([self._row.clinic_id]):
            held: Transmission = Transmission.objects.select_for_update().get(pk=self._row.pk)
            if held.state != self._row.state:
                self._row.state, self._row.version = held.state, held.version
                return
            held.state, held.problem = state.value, problem[:_LONGEST_PROBLEM]
            if state is State.SENT:
                held.sent_at = clock.now()
            held.save_if_unchanged(held.version, "state", "problem", "sent_at")
            self._row.state, self._row.problem, self._row.version = held.state, held.problem, held.version
        self._renew()


# --- one exchange --------------------------------------------------------------------------------------------


def exchange(clinic: Clinic, user: User, *, patience: Patience | None = None) -> Exchanged:
    """Send what waits and fetch what is there. The clinic need not be in scope; call it outside a transaction.

    Raises `BusyError` where another worker is at it. A clinic without a connection that is switched on has nothing to
    exchange.
    """
    done = Exchanged()
    with transaction.atomic(), tenancy.scope([clinic.id]):
        row = ExchangeConnection.objects.filter(is_active=True).first()
    if row is None:
        return done
    with _leased(row) as renew:
        try:
            with connection_of(row) as connection:
                _send_all(row, user, connection, renew, patience, done)
                _fetch_all(row, clinic, user, connection, renew, done)
        except ConnectionProblemError as error:
            done.problem = str(error)
    with transaction.atomic(), tenancy.scope([clinic.id]):
        ExchangeConnection.objects.filter(pk=row.pk).update(
            looked_at=clock.now(), problem=done.problem[:_LONGEST_PROBLEM]
        )
    return done


@contextmanager
def _leased(row: ExchangeConnection) -> Iterator[Callable[[], None]]:
    """Hold the connection for oneself; hands out what renews the lease."""

    def renew() -> None:
        _keep(row, timezone.now() + LEASE)

    now = timezone.now()
    with transaction.atomic(), tenancy.scope([row.clinic_id]):
        free = Q(busy_until=None) | Q(busy_until__lt=now)
        if not ExchangeConnection.objects.filter(free, pk=row.pk).update(busy_until=now + LEASE):
            raise BusyError("the connection is in use; what waits goes out with it")
    try:
        yield renew
    finally:
        _keep(row, None)


def _keep(row: ExchangeConnection, until: datetime | None) -> None:
    with transaction.atomic(), tenancy.scope([row.clinic_id]):
        ExchangeConnection.objects.filter(pk=row.pk).update(busy_until=until)


def _send_all(
    row: ExchangeConnection,
    user: User,
    connection: Connection,
    renew: Callable[[], None],
    patience: Patience | None,
    done: Exchanged,
) -> None:
    with transaction.atomic(), tenancy.scope([row.clinic_id]):
        waiting = [(item, _outgoing(item)) for item in to_send()]
    for item, file in waiting:
        state = send(file, connection, RowJournal(item, renew), patience=patience)
        if state in TO_SEND:
            done.left += 1
            if item.problem:
                raise ConnectionProblemError(item.problem)
        elif state is State.SENT:
            done.sent += 1
            with transaction.atomic(), tenancy.scope([row.clinic_id]):
                audit_trail.record(row.clinic_id, user, "release", "transmission", item.pk, detail=f"{file.name} sent")


def _outgoing(item: Transmission) -> Outgoing:
    content = item.content if item.batch is None else item.batch.content
    return Outgoing(item.file_name, content.data)


def _fetch_all(
    row: ExchangeConnection,
    clinic: Clinic,
    user: User,
    connection: Connection,
    renew: Callable[[], None],
    done: Exchanged,
) -> None:
    there = {one.key: one for one in connection.incoming()}
    with transaction.atomic(), tenancy.scope([row.clinic_id]):
        seen = set(FetchedName.objects.filter(key__in=list(there)).values_list("key", flat=True))
    for key, remote in there.items():
        if key in seen:
            continue
        data = connection.get(remote.name)
        with transaction.atomic(), tenancy.scope([row.clinic_id]):
            # The name is kept with the file in one transaction: a crash before it fetches the file once more.
            was_there = ReceivedFile.objects.filter(sha256=acknowledging.digest_of(data)).exists()
            file = acknowledging.take(clinic, user, remote.name, data)
            FetchedName.objects.create(clinic=clinic, key=key[:260], file=file)
        done.known += was_there
        done.fetched += not was_there
        renew()


# --- behind the pages ----------------------------------------------------------------------------------------


def ask_for_exchange(clinic: Clinic, user: User) -> Job:
    """Write down that a worker is to send and fetch; one that waits already will do. `run_exchange` does it."""
    waiting: Job | None = Job.objects.filter(kind=EXCHANGE, status=JobStatus.WAITING.value).first()
    if waiting is not None:
        return waiting
    made: Job = Job.objects.create(clinic=clinic, kind=EXCHANGE, asked_by=user, place={}, result={})
    return made


def run_exchange(job: Job) -> None:
    """Do the exchange that a job asks for. A job that is run twice does no harm: files go out and are read once."""
    with transaction.atomic(), tenancy.scope([job.clinic_id]):
        held = Job.objects.select_for_update().select_related("clinic", "asked_by").get(pk=job.pk)
        if held.status in {JobStatus.DONE.value, JobStatus.FAILED.value}:
            return
        held.status, held.heartbeat_at = JobStatus.RUNNING.value, timezone.now()
        held.save()
    try:
        done = exchange(held.clinic, held.asked_by)
    except BusyError as error:
        done = Exchanged(problem=str(error))
    result: dict[str, int | str] = {
        "sent": done.sent,
        "left": done.left,
        "fetched": done.fetched,
        "address": reverse("exchange", args=[held.clinic.slug]),
        "label": "See what went out and came in",
    }
    if done.known:
        result["known"] = done.known
    if done.problem:
        result["problem"] = done.problem
    with transaction.atomic(), tenancy.scope([job.clinic_id]):
        Job.objects.filter(pk=job.pk).update(
            status=JobStatus.DONE.value, result=result, changed_at=timezone.now(), heartbeat_at=timezone.now()
        )


def due_exchanges(now: datetime) -> list[Job]:
    """The jobs of clinics whose connection was not looked at for a while, written down now; a worker takes them."""
    made: list[Job] = []
    for clinic in Clinic.objects.order_by("slug"):
        with transaction.atomic(), tenancy.scope([clinic.id]):
            stale = Q(looked_at=None) | Q(looked_at__lt=now - EVERY)
            row = ExchangeConnection.objects.filter(stale, is_active=True).select_related("set_up_by").first()
            is_at_it = Job.objects.filter(
                kind=EXCHANGE, status__in=[JobStatus.WAITING.value, JobStatus.RUNNING.value]
            ).exists()
            if row is not None and not is_at_it:
                made.append(ask_for_exchange(clinic, row.set_up_by))
    return made
