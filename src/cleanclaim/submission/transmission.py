"""How a file goes out: which state it is in, what is done next, and what the other end's folder says after a crash.

A file has one name and one interchange control number for ever; it is never written anew under another. Each state
is written down before the step that leaves it, so that whoever takes up the work after a crash knows the last step
that may have happened:

    prepared ─ stage ─▶ (written down: sending) ─ release ─▶ sent ─ TA1, 999 ─▶ accepted | partly accepted | rejected

Only the rename between `sending` and `sent` is ever in question. Then the folder is asked first: a file under its own
name was released, one still staged was not. Where neither lies there, the receiver has taken it, or somebody has
cleared the folder: the file is in doubt, nothing is sent, and the receiver's acknowledgment or a person settles it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from cleanclaim.submission.connections import (
    Connection,
    ConnectionProblemError,
    NameTakenError,
    RemoteFile,
    TransientProblemError,
    staged_name,
)


class State(StrEnum):
    """How far a file is on its way."""

    PREPARED = "prepared"
    """Not released: it may be staged, any number of times."""
    SENDING = "sending"
    """About to be released; whether it was is not known until `sent` is written down."""
    SENT = "sent"
    """Released. Nobody has acknowledged it yet."""
    ACCEPTED = "accepted"
    PARTLY_ACCEPTED = "partly_accepted"
    """Some of its transactions were taken, others refused."""
    REJECTED = "rejected"
    """The receiver read none of it; its claims never reached a payer."""
    IN_DOUBT = "in_doubt"
    """It may or may not have gone out, and the folder does not tell."""


ANSWERED = frozenset({State.ACCEPTED, State.PARTLY_ACCEPTED, State.REJECTED})
"""States that an acknowledgment has settled."""
TO_SEND = frozenset({State.PREPARED, State.SENDING})
"""States in which there is something to be done without anybody's word."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A file to be sent: its name and its bytes, the same for ever."""

    name: str
    data: bytes


class Journal(Protocol):
    """Where the state of a file is kept. What `write` was told is on the disk when it returns."""

    @property
    def state(self) -> State:
        """The state that was written down last."""

    def write(self, state: State, problem: str = "") -> None:
        """Write down a state, and what stands in the way, "" for nothing."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a step is tried that fails for the moment, and how long is waited before each further try."""

    tries: int = 4
    first_wait: float = 2.0
    longest_wait: float = 30.0

    def waits(self) -> list[float]:
        """Seconds before the second try, the third, …: each twice the one before."""
        return [min(self.first_wait * 2**number, self.longest_wait) for number in range(self.tries - 1)]


def found_after_crash(file: Outgoing, there: Sequence[RemoteFile]) -> State:
    """What the folder says of a file that was about to be released."""
    sizes = {one.name: one.size for one in there}
    if file.name in sizes:
        return State.SENT if sizes[file.name] == len(file.data) else State.IN_DOUBT
    return State.PREPARED if staged_name(file.name) in sizes else State.IN_DOUBT


def send(
    file: Outgoing,
    connection: Connection,
    journal: Journal,
    *,
    patience: Patience | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> State:
    """Bring a file as far as it can be brought now, from whatever state it is in; returns the state it is in then.

    It may be called any number of times, also after a crash at any point: the file goes out at most once. A problem is
    written down with the state; a transient one is tried again with longer and longer waits.
    """
    allowed = patience or Patience()
    waits = iter(allowed.waits())
    while journal.state in TO_SEND:
        try:
            if journal.state is State.SENDING:
                _reconcile(file, connection, journal)
            else:
                _put(file, connection, journal)
        except TransientProblemError as error:
            # What was released and what was not is asked of the folder on the next round.
            journal.write(journal.state, str(error))
            wait = next(waits, None)
            if wait is None:
                break
            sleep(wait)
        except ConnectionProblemError as error:
            journal.write(journal.state, str(error))
            break
    return journal.state


def _reconcile(file: Outgoing, connection: Connection, journal: Journal) -> None:
    state = found_after_crash(file, connection.outgoing())
    problem = ""
    if state is State.IN_DOUBT:
        problem = "it was about to be released when the work stopped, and it lies no longer in the folder"
    journal.write(state, problem)


def _put(file: Outgoing, connection: Connection, journal: Journal) -> None:
    lying = {one.name for one in connection.outgoing()}
    if file.name in lying:
        # Nobody but this journal releases files of this name, and it says that this one was not.
        journal.write(State.IN_DOUBT, "a file of this name lies in the folder, and was not released from here")
        return
    connection.stage(file.name, file.data)
    journal.write(State.SENDING)
    try:
        connection.release(file.name)
    except NameTakenError as error:
        journal.write(State.IN_DOUBT, str(error))
        return
    journal.write(State.SENT)
