"""Statements that PostgreSQL works on while the program goes on: the rows of a payment, behind whoever makes them.

A statement of some megabytes does not fit into a socket: somebody has to wait until the server has taken it, and then
until it is done. Here a thread does nothing else, one statement after the other in their order, on the connection of
the transaction that is open. SQLite is part of the program: there nothing is gained, and everything is done at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from queue import Queue
from threading import Thread
from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    import psycopg

_DEEP = 16
"""Statements that wait at most: each holds its rows."""

_Statement = tuple[bytes, Sequence[Any]]


@contextmanager
def sent_ahead() -> Iterator[None]:
    """Let PostgreSQL write what is sent inside (`send`) while the program goes on.

    Whatever is asked of the database otherwise waits until all of it is written. What PostgreSQL refuses is raised by
    the next statement, or at the end of the block: nothing inside may go on from a refusal. The block stands in a
    database transaction.
    """
    if connection.vendor != "postgresql":
        yield
        return
    ahead = _Ahead(connection.connection)
    token = _OPEN.set(ahead)
    try:
        with connection.execute_wrapper(ahead.first):
            yield
        ahead.settle()
    finally:
        _OPEN.reset(token)
        ahead.end()


def is_sent_ahead() -> bool:
    """Whether statements go ahead of the program now."""
    return _OPEN.get() is not None


def send(statement: bytes, values: Sequence[Any] = ()) -> None:
    """Have PostgreSQL do a statement that returns nothing: behind those that were sent before it, or at once."""
    ahead = _OPEN.get()
    if ahead is not None:
        ahead.send((statement, values))
        return
    with connection.wrap_database_errors:
        _do(connection.connection, (statement, values))


class _Ahead:
    """The thread, and what waits for it."""

    def __init__(self, session: psycopg.Connection[Any]) -> None:
        self._session = session
        self._waiting: Queue[_Statement | None] = Queue(_DEEP)
        self._refusal: BaseException | None = None
        self._is_given_up = False
        self._thread = Thread(target=self._work, name="sent-ahead", daemon=True)
        self._thread.start()

    def send(self, statement: _Statement) -> None:
        """Put a statement behind the others. Raises what was refused of those before."""
        if self._refusal is not None:
            self.settle()
        self._waiting.put(statement)

    def settle(self) -> None:
        """Wait until everything is written. Raises what was refused, as Django's own errors."""
        self._waiting.join()
        if self._refusal is not None:
            with connection.wrap_database_errors:
                raise self._refusal

    def first(self, execute: Callable[..., Any], *arguments: Any) -> Any:  # noqa: ANN401 - Django's own signature
        """Do what is asked of the database otherwise, when everything that was sent before it is written."""
        self.settle()
        return execute(*arguments)

    def end(self) -> None:
        """Leave what is not begun, and end the thread: after `settle` there is nothing left."""
        self._is_given_up = True
        self._waiting.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (statement := self._waiting.get()) is not None:
            try:
                if self._refusal is None and not self._is_given_up:
                    _do(self._session, statement)
            except BaseException as error:  # noqa: BLE001 - raised by whoever waits
                self._refusal = error
            finally:
                self._waiting.task_done()


def _do(session: psycopg.Connection[Any], statement: _Statement) -> None:
    import psycopg  # noqa: PLC0415 - only where PostgreSQL is

    # The driver's own cursor sends values beside the statement, not in it: there are megabytes of them.
    with psycopg.Cursor(session) as cursor:
        cursor.execute(*statement)


_OPEN: ContextVar[_Ahead | None] = ContextVar("sent_ahead", default=None)
