from __future__ import annotations

from datetime import date, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from cleanclaim.practice.engine.judging import light_setting
from cleanclaim.practice.engine.judging.light_setting import setting_of, state_of
from cleanclaim.practice.engine.judging.setting import gather
from cleanclaim.practice.models import Authorization, Charge, Coverage, PlanOfCare, Visit
from tests.practice.notes.conftest import VisitOf

DAY = date(2026, 9, 25)


def _tables(queries: CaptureQueriesContext) -> set[str]:
    words = (word.strip('"') for query in queries.captured_queries for word in query["sql"].split())
    return {word for word in words if word.startswith("practice_") and "." not in word}


def test_every_table_that_a_setting_reads_is_watched(visit_of: VisitOf) -> None:
    visit = visit_of("V068")
    clinic = visit.clinic
    with CaptureQueriesContext(connection) as gathering:
        gather(clinic, [visit], as_of=DAY)
    with CaptureQueriesContext(connection) as watching:
        state_of(clinic, visit)
    assert len(watching) == 1
    assert _tables(gathering) <= _tables(watching)


def test_a_setting_is_kept_until_a_row_of_it_changes(visit_of: VisitOf) -> None:
    visit = visit_of("V068")
    clinic = visit.clinic
    first = setting_of(clinic, visit, as_of=DAY)
    assert setting_of(clinic, visit, as_of=DAY) is first
    coverage = Coverage.objects.filter(patient=visit.patient).first()
    assert coverage is not None
    coverage.valid_from = date(2026, 1, 1)
    coverage.save()
    second = setting_of(clinic, visit, as_of=DAY)
    assert second is not first
    assert second.patients[visit.patient.number].coverages[0].valid_from == date(2026, 1, 1)


def test_rows_added_removed_and_raised_in_version_are_seen(visit_of: VisitOf) -> None:
    visit = visit_of("V068")
    clinic = visit.clinic
    coverage = Coverage.objects.filter(patient=visit.patient).first()
    seen = [state_of(clinic, visit)]
    approval = Authorization.objects.create(clinic=clinic, coverage=coverage, number="A1")
    seen.append(state_of(clinic, visit))
    PlanOfCare.objects.filter(patient=visit.patient).update(version=7)
    seen.append(state_of(clinic, visit))
    approval.delete()
    seen.append(state_of(clinic, visit))
    Charge.objects.filter(code="97110").update(version=3)
    seen.append(state_of(clinic, visit))
    assert len(set(map(repr, seen))) == len(seen)


def test_writing_the_note_itself_gathers_nothing_anew(visit_of: VisitOf) -> None:
    visit = visit_of("V068")
    first = setting_of(visit.clinic, visit, as_of=DAY)
    visit.save_if_unchanged(visit.version, "note")
    assert setting_of(visit.clinic, visit, as_of=DAY) is first


def test_no_more_settings_are_kept_than_a_process_should(visit_of: VisitOf) -> None:
    visit = visit_of("V068")
    for number in range(light_setting._KEPT + 5):
        setting_of(visit.clinic, visit, as_of=DAY + timedelta(days=number))
    assert len(light_setting._held) == light_setting._KEPT
    assert Visit.objects.filter(pk=visit.pk).exists()
