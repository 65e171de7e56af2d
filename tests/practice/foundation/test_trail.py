"""The audit log's chain holds, and tells where it does not."""

from __future__ import annotations

import pytest
from django.db import connection

from cleanclaim.practice import audit_trail
from cleanclaim.practice.models import Clinic, TrailEntry, TrailHead, User
from cleanclaim.practice.tenancy import scope


@pytest.fixture
def forger(inside: Clinic) -> Clinic:
    """A clinic whose database forgets to refuse changes of the log, as for somebody who owns the tables."""
    statements = {
        "sqlite": ["DROP TRIGGER practice_trailentry_is_kept", "DROP TRIGGER practice_trailentry_is_kept_removed"],
        "postgresql": [
            "RESET ROLE",
            "SET CONSTRAINTS ALL IMMEDIATE",
            "ALTER TABLE practice_trailentry DISABLE TRIGGER practice_trailentry_is_kept",
        ],
    }
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)
    return inside


def entries(clinic: Clinic, count: int = 5) -> list[int]:
    """Add entries; their places in the chain."""
    user = User.objects.all()[0]
    return [
        audit_trail.record(
            clinic.id, user, "read", "patient", f"row-{place}", detail="opened", origin="127.0.0.1"
        ).sequence
        for place in range(count)
    ]


def problems(clinic: Clinic) -> list[tuple[int, str]]:
    return [(broken.sequence, broken.problem) for broken in audit_trail.verify(clinic.id)]


def test_an_untouched_chain_holds(inside: Clinic) -> None:
    assert problems(inside) == []
    places = entries(inside)
    assert problems(inside) == []
    assert places == list(range(places[0], places[0] + 5))
    kept = list(TrailEntry.objects.filter(clinic=inside).values_list("sequence", flat=True))
    assert kept == list(range(1, places[-1] + 1))


def test_a_changed_entry_breaks_the_chain_there(forger: Clinic) -> None:
    third = entries(forger)[2]
    TrailEntry.objects.filter(sequence=third).update(subject_id="row-9")
    assert problems(forger) == [(third, "the entry, or one before it, was changed")]


def test_a_removed_entry_is_missed(forger: Clinic) -> None:
    second = entries(forger)[1]
    TrailEntry.objects.filter(sequence=second).delete()
    assert (second, f"entry {second} is missing; entry {second + 1} follows") in problems(forger)


def test_a_cut_end_is_missed(forger: Clinic) -> None:
    last = entries(forger)[-1]
    TrailEntry.objects.filter(sequence=last).delete()
    assert problems(forger) == [(last, "entries at the end of the chain are missing")]


def test_an_entry_made_up_to_fit_is_found_by_those_after_it(forger: Clinic) -> None:
    first, second, *_rest = entries(forger)
    entry = TrailEntry.objects.get(sequence=second)
    entry.action = "export"
    before = TrailEntry.objects.get(sequence=first).digest
    TrailEntry.objects.filter(sequence=second).update(action="export", digest=audit_trail.digest_of(entry, before))
    assert problems(forger) == [(second + 1, "the entry, or one before it, was changed")]


def test_each_clinic_has_a_chain_of_its_own(inside: Clinic, elsewhere: Clinic) -> None:
    before = entries(inside, 2)[-1]
    with scope([elsewhere.id]):
        entries(elsewhere, 1)
        assert TrailHead.objects.get(clinic=elsewhere).sequence == 1
    assert TrailHead.objects.get(clinic=inside).sequence == before
