"""One thing done to many claims: check again, safe fixes, hold, set aside, release; at once, or behind the page.

Behind the page the claims are those that passed the filters when it was asked for; the list of their keys is the job's
file, and each piece of it is done and written down in one transaction.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from cleanclaim.practice import audit_trail
from cleanclaim.practice.engine.claims.building import recheck
from cleanclaim.practice.engine.claims.filing import release
from cleanclaim.practice.engine.claims.fixing import apply_safe, hold, ignore, stop_holding
from cleanclaim.practice.engine.jobs.job_files import keep_file, open_file
from cleanclaim.practice.engine.jobs.job_steps import run_pieces
from cleanclaim.practice.models import Batch, ClaimStatus, Clinic, Job, User

ACT = "claims"
"""The kind of a job that does one thing to many claims."""

_PIECE = 100
_RELEASED_AT_ONCE = 1000
"""Claims of one piece of a release: a file holds the claims of one payer among them."""

_NAMED = 50
"""Claims that a job names among those that stayed."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked: the action, its reason, and the rule whose findings are set aside."""

    action: str
    reason: str = ""
    rule: str = ""


@dataclass(slots=True)
class Came:
    """What came of it: counts by name, files that were made, and claims that stayed, each with why."""

    counts: dict[str, int] = field(default_factory=dict)
    files: list[Batch] = field(default_factory=list)
    stayed: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be done to many claims: in words, what it needs said, and what does it."""

    words: str
    do: Callable[[Clinic, Sequence[UUID], User, Wish, str], Came]
    needs_reason: bool = False
    needs_rule: bool = False

    def lacks(self, wish: Wish) -> str:
        """What is not said that the action needs; empty where nothing lacks."""
        if self.needs_reason and not wish.reason:
            return f"{self.words} needs a reason."
        if self.needs_rule and not wish.rule:
            return f"{self.words} needs the code of the finding, such as UN201."
        return ""


def act(clinic: Clinic, keys: Sequence[UUID], user: User, wish: Wish, *, origin: str = "") -> Came:
    """Do it to these claims of a clinic in scope, and write it into the audit log. Raises `KeyError` for no action."""
    action = ACTIONS[wish.action]
    came = action.do(clinic, keys, user, wish, origin)
    detail = f"{action.words}: {len(keys)} claims"
    audit_trail.record(clinic.pk, user, "change", "claim", detail=detail, origin=origin)
    return came


def _check_again(clinic: Clinic, keys: Sequence[UUID], user: User, wish: Wish, _origin: str) -> Came:
    found = recheck(clinic, keys, user, why=wish.reason)
    moved = sum(one.status_before != one.claim.status for one in found)
    return Came({"checked again": len(found), "with another status now": moved})


def _safe_fixes(clinic: Clinic, keys: Sequence[UUID], user: User, _wish: Wish, _origin: str) -> Came:
    outcomes = apply_safe(clinic, keys, user)
    return Came({"safe fixes made": sum(len(one.changed) for one in outcomes), "visits changed": len(outcomes)})


def _hold(_clinic: Clinic, keys: Sequence[UUID], user: User, wish: Wish, _origin: str) -> Came:
    return Came({"put on hold": len(hold(keys, user, wish.reason))})


def _stop_holding(clinic: Clinic, keys: Sequence[UUID], user: User, _wish: Wish, _origin: str) -> Came:
    return Came({"taken off hold": len(stop_holding(clinic, keys, user))})


def _ignore(clinic: Clinic, keys: Sequence[UUID], user: User, wish: Wish, _origin: str) -> Came:
    found = ignore(clinic, keys, user, because=wish.reason, rule=wish.rule)
    ready = ClaimStatus.READY.value
    now_ready = sum(one.claim.status == ready and one.status_before != ready for one in found)
    return Came({"finding set aside": len(found), "ready now": now_ready})


def _release(clinic: Clinic, keys: Sequence[UUID], user: User, _wish: Wish, origin: str) -> Came:
    released = release(clinic, keys, user, origin=origin)
    counts = {
        "files made": len(released.batches),
        "claims filed": sum(batch.claims_count for batch in released.batches),
        "stayed": len(released.left_out),
    }
    return Came(counts, released.batches, [(claim.number, why) for claim, why in released.left_out])


ACTIONS: dict[str, Action] = {
    "release": Action("Release into files", _release),
    "check": Action("Check again", _check_again),
    "safe": Action("Apply safe fixes", _safe_fixes),
    "hold": Action("Put on hold", _hold, needs_reason=True),
    "unhold": Action("Take off hold", _stop_holding),
    "ignore": Action("Set a finding aside", _ignore, needs_reason=True, needs_rule=True),
}
"""By the word that asks for it."""


# --- behind the page ----------------------------------------------------------------------------------------


def ask(clinic: Clinic, keys: Iterable[UUID], user: User, wish: Wish) -> Job:
    """Write down that something is to be done to these claims of a clinic in scope. `run_act` does it."""
    listed = [str(key) for key in keys]
    place = {"action": wish.action, "reason": wish.reason, "rule": wish.rule, "reached": 0}
    job: Job = Job.objects.create(clinic=clinic, kind=ACT, total=len(listed), asked_by=user, place=place, result={})
    keep_file(job, "claims.json", io.BytesIO(json.dumps(listed).encode()), is_result=False)
    return job


def run_act(job: Job) -> None:
    """Do what a job asks for, piece by piece. The job's clinic need not be in scope yet."""
    with open_file(job, is_result=False) as file:
        keys = [UUID(key) for key in json.loads(file.read() or b"[]")]

    def piece(held: Job) -> bool:
        wish = Wish(held.place["action"], held.place["reason"], held.place["rule"])
        reached = held.place["reached"]
        own = keys[reached : reached + (_RELEASED_AT_ONCE if wish.action == "release" else _PIECE)]
        if not own:
            return False
        came = act(held.clinic, own, held.asked_by, wish)
        told = dict(held.result)
        for name, count in came.counts.items():
            told[name] = told.get(name, 0) + count
        told["stayed_because"] = [*told.get("stayed_because", []), *came.stayed][:_NAMED]
        held.result, held.place = told, held.place | {"reached": reached + len(own)}
        held.done = reached + len(own)
        return True

    run_pieces(job, piece)
