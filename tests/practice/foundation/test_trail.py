"""The audit log's chain holds, and tells where it does not."""

from __future__ import annotations

from cleanclaim.practice import audit_trail
from cleanclaim.practice.models import Clinic, TrailEntry, TrailHead, User


def entries(clinic: Clinic, count: int = 5) -> None:
    user = User.objects.all()[0]
    for place in range(count):
        audit_trail.record(clinic.id, user, "read", "patient", f"row-{place}", detail="opened", origin="127.0.0.1")


def problems(clinic: Clinic) -> list[tuple[int, str]]:
    return [(broken.sequence, broken.problem) for broken in audit_trail.verify(clinic.id)]


def test_an_untouched_chain_holds(inside: Clinic) -> None:
    assert problems(inside) == []
    entries(inside)
    assert problems(inside) == []
    assert list(TrailEntry.objects.values_list("sequence", flat=True)) == [1, 2, 3, 4, 5]


def test_a_changed_entry_breaks_the_chain_there(inside: Clinic) -> None:
    entries(inside)
    TrailEntry.objects.filter(sequence=3).update(subject_id="row-9")
    assert problems(inside) == [(3, "the entry, or one before it, was changed")]


def test_a_removed_entry_is_missed(inside: Clinic) -> None:
    entries(inside)
    TrailEntry.objects.filter(sequence=2).delete()
    assert (2, "entry 2 is missing; entry 3 follows") in problems(inside)


def test_a_cut_end_is_missed(inside: Clinic) -> None:
    entries(inside)
    TrailEntry.objects.filter(sequence=5).delete()
    assert problems(inside) == [(5, "entries at the end of the chain are missing")]


def test_an_entry_made_up_to_fit_is_found_by_those_after_it(inside: Clinic) -> None:
    entries(inside)
    entry = TrailEntry.objects.get(sequence=2)
    entry.action = "export"
    before = TrailEntry.objects.get(sequence=1).digest
    TrailEntry.objects.filter(sequence=2).update(action="export", digest=audit_trail.digest_of(entry, before))
    assert problems(inside) == [(3, "the entry, or one before it, was changed")]


def test_each_clinic_has_a_chain_of_its_own(inside: Clinic, elsewhere: Clinic) -> None:
    from cleanclaim.practice.tenancy import scope  # noqa: PLC0415 - beside what it is for

    entries(inside, 2)
    with scope([elsewhere.id]):
        entries(elsewhere, 1)
        assert TrailHead.objects.get(clinic=elsewhere).sequence == 1
    assert TrailHead.objects.get(clinic=inside).sequence == 2
