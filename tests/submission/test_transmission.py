"""A file goes out at most once and is never lost, wherever the work stops."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from cleanclaim.submission.connections import (
    ConnectionProblemError,
    NameTakenError,
    RemoteFile,
    TransientProblemError,
    staged_name,
)
from cleanclaim.submission.transmission import Outgoing, Patience, State, found_after_crash, send

FILE = Outgoing("medicare_b-20260925-000000017.837", b"ISA*00*synthetic~")
STAGED = ".medicare_b-20260925-000000017.837.part"


class Crash(BaseException):
    """The machine stops: nothing after this happens, and nothing that was not on the disk is remembered."""


class Paper:
    """A journal that remembers what was written down; it may stop before or after the writing."""

    def __init__(self, state: State = State.PREPARED) -> None:
        self.states = [state]
        self.problem = ""
        self.before: Callable[[], None] = lambda: None
        self.after: Callable[[], None] = lambda: None

    @property
    def state(self) -> State:
        return self.states[-1]

    def write(self, state: State, problem: str = "") -> None:
        self.before()
        self.states.append(state)
        self.problem = problem
        self.after()


class Shelf:
    """The other end: a folder in memory. `taken` is what its receiver has taken from it, in order."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.taken: list[str] = []
        self.before: Callable[[], None] = lambda: None
        self.after: Callable[[], None] = lambda: None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def outgoing(self) -> Sequence[RemoteFile]:
        self.before()
        return [RemoteFile(name, len(data)) for name, data in sorted(self.files.items())]

    def stage(self, name: str, data: bytes) -> None:
        self.before()
        self.files[staged_name(name)] = data
        self.after()

    def release(self, name: str) -> None:
        self.before()
        if name in self.files:
            raise NameTakenError("taken")
        self.files[name] = self.files.pop(staged_name(name))
        self.after()

    def incoming(self) -> Sequence[RemoteFile]:
        return []

    def get(self, name: str) -> bytes:
        raise ConnectionProblemError(name)

    def collect(self) -> None:
        """The receiver takes what lies there under its own name."""
        for name in [name for name in self.files if not name.startswith(".")]:
            del self.files[name]
            self.taken.append(name)


def no_sleep(seconds: float) -> None:
    del seconds


def test_a_file_is_staged_written_down_as_sending_and_released() -> None:
    shelf, journal = Shelf(), Paper()
    assert send(FILE, shelf, journal, sleep=no_sleep) is State.SENT
    assert journal.states == [State.PREPARED, State.SENDING, State.SENT]
    assert shelf.files == {FILE.name: FILE.data}


@pytest.mark.parametrize("state", [State.SENT, State.ACCEPTED, State.PARTLY_ACCEPTED, State.REJECTED, State.IN_DOUBT])
def test_what_has_gone_out_or_is_in_doubt_is_left_alone(state: State) -> None:
    shelf, journal = Shelf(), Paper(state)
    assert send(FILE, shelf, journal, sleep=no_sleep) is state
    assert (shelf.files, journal.states) == ({}, [state])


@pytest.mark.parametrize(
    ("lying", "expected"),
    [
        ({FILE.name: len(FILE.data)}, State.SENT),
        ({FILE.name: len(FILE.data) - 1}, State.IN_DOUBT),
        ({STAGED: len(FILE.data)}, State.PREPARED),
        ({}, State.IN_DOUBT),
        ({FILE.name: len(FILE.data), STAGED: 3}, State.SENT),
        ({"another.837": 4}, State.IN_DOUBT),
    ],
)
def test_the_folder_tells_whether_a_file_was_released(lying: dict[str, int], expected: State) -> None:
    assert found_after_crash(FILE, [RemoteFile(name, size) for name, size in lying.items()]) is expected


def test_a_file_of_the_name_that_was_not_released_from_here_is_in_doubt_and_stays() -> None:
    shelf, journal = Shelf(), Paper()
    shelf.files[FILE.name] = b"somebody else's"
    assert send(FILE, shelf, journal, sleep=no_sleep) is State.IN_DOUBT
    assert shelf.files == {FILE.name: b"somebody else's"}
    assert journal.problem == "a file of this name lies in the folder, and was not released from here"


def test_a_transient_problem_is_tried_again_with_longer_waits() -> None:
    shelf, journal = Shelf(), Paper()
    failures = iter([True, True, True, False, False, False, False])
    waits: list[float] = []

    def fail() -> None:
        if next(failures):
            raise TransientProblemError("busy")

    shelf.before = fail
    assert send(FILE, shelf, journal, patience=Patience(4, 2.0, 5.0), sleep=waits.append) is State.SENT
    assert waits == [2.0, 4.0, 5.0]


def test_patience_ends_and_the_problem_is_written_down() -> None:
    shelf, journal = Shelf(), Paper()
    waits: list[float] = []

    def fail() -> None:
        raise TransientProblemError("no connection: ConnectionLost")

    shelf.before = fail
    assert send(FILE, shelf, journal, patience=Patience(3, 1.0, 9.0), sleep=waits.append) is State.PREPARED
    assert (waits, journal.problem) == ([1.0, 2.0], "no connection: ConnectionLost")


def test_a_lasting_problem_is_not_tried_again() -> None:
    shelf, journal = Shelf(), Paper()
    waits: list[float] = []

    def fail() -> None:
        raise ConnectionProblemError("the host refuses: PermissionDenied")

    shelf.before = fail
    assert send(FILE, shelf, journal, sleep=waits.append) is State.PREPARED
    assert (waits, journal.problem) == ([], "the host refuses: PermissionDenied")


def test_a_line_that_breaks_after_the_release_does_not_send_twice() -> None:
    shelf, journal = Shelf(), Paper()
    breaks = iter([False, True])

    def fail() -> None:
        if next(breaks, False):
            raise TransientProblemError("no connection: ConnectionLost")

    shelf.after = fail
    assert send(FILE, shelf, journal, sleep=no_sleep) is State.SENT
    assert journal.states == [State.PREPARED, State.SENDING, State.SENDING, State.SENT]
    assert shelf.files == {FILE.name: FILE.data}


@pytest.mark.parametrize("stop_at", range(1, 9))
@pytest.mark.parametrize("takes_at_once", [False, True])
def test_a_crash_at_any_step_neither_loses_nor_doubles(stop_at: int, takes_at_once: bool) -> None:  # noqa: FBT001
    shelf, journal = Shelf(), Paper()
    steps = itertools.count(1)

    def stop() -> None:
        if next(steps) == stop_at:
            raise Crash

    for end in (shelf, journal):
        end.before = end.after = stop
    with contextlib.suppress(Crash):
        send(FILE, shelf, journal, sleep=no_sleep)
    if takes_at_once:
        shelf.collect()
    for end in (shelf, journal):
        end.before = end.after = lambda: None
    state = send(FILE, shelf, Paper(journal.state), sleep=no_sleep)
    shelf.collect()
    if state is State.IN_DOUBT:
        # Released and taken between the rename and the writing down: the receiver's answer will settle it.
        assert takes_at_once
    else:
        assert state is State.SENT
    assert shelf.taken == [FILE.name]


class Sending(RuleBasedStateMachine):
    """Several files, a worker that stops anywhere, a receiver that takes files whenever it likes."""

    def __init__(self) -> None:
        super().__init__()
        self.shelf = Shelf()
        self.files: dict[str, tuple[Outgoing, Paper]] = {}
        self.left = 0

    def _step(self) -> None:
        if self.left == 1:
            self.left = 0
            raise Crash
        self.left = max(self.left - 1, 0)

    def _run(self, journal: Paper) -> None:
        for end in (self.shelf, journal):
            end.before = end.after = self._step

    @rule()
    def make(self) -> None:
        if len(self.files) < 4:
            number = len(self.files) + 1
            name = f"batch-{number:09d}.837"
            self.files[name] = (Outgoing(name, f"ISA*{number}~".encode()), Paper())

    @rule(stop_at=st.integers(0, 9), pick=st.integers(0, 3))
    def work(self, stop_at: int, pick: int) -> None:
        if not self.files:
            return
        file, journal = list(self.files.values())[pick % len(self.files)]
        self.left = stop_at
        self._run(journal)
        with contextlib.suppress(Crash):
            send(file, self.shelf, journal, patience=Patience(2), sleep=no_sleep)
        self.left = 0

    @rule()
    def collect(self) -> None:
        self.shelf.collect()

    @rule(pick=st.integers(0, 3))
    def acknowledge(self, pick: int) -> None:
        """A 999 comes for a file that the receiver has, in whatever state we believe it to be."""
        if self.shelf.taken:
            _file, journal = self.files[self.shelf.taken[pick % len(self.shelf.taken)]]
            journal.states.append(State.ACCEPTED)

    @invariant()
    def nothing_is_doubled(self) -> None:
        lying = [name for name in self.shelf.files if not name.startswith(".")]
        assert len(set(self.shelf.taken + lying)) == len(self.shelf.taken + lying)

    @invariant()
    def what_is_said_to_be_sent_was_released(self) -> None:
        released = {*self.shelf.taken, *self.shelf.files}
        for name, (_file, journal) in self.files.items():
            if journal.state in {State.SENT, State.ACCEPTED}:
                assert name in released

    @invariant()
    def what_is_to_be_sent_was_not_taken(self) -> None:
        for name, (_file, journal) in self.files.items():
            if journal.state is State.PREPARED:
                assert name not in self.shelf.taken

    def teardown(self) -> None:
        """Once nothing stops any more, every file is out, exactly once."""
        self.left = 0
        for file, journal in self.files.values():
            self._run(journal)
            state = send(file, self.shelf, journal, sleep=no_sleep)
            assert state in {State.SENT, State.ACCEPTED, State.IN_DOUBT}
        self.shelf.collect()
        assert sorted(self.shelf.taken) == sorted(self.files)


TestSending = Sending.TestCase
TestSending.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
