from __future__ import annotations

from datetime import time
from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from cleanclaim.practice.engine.notes import note_form
from cleanclaim.practice.models import Provider, Visit
from tests.practice.notes.conftest import Form, VisitOf, posted


def _query(data: Form) -> QueryDict:
    return QueryDict(urlencode(data, doseq=True))


def _people() -> dict[str, Provider]:
    return {str(one.pk): one for one in Provider.objects.all()}


def _applied(visit: Visit, data: Form) -> tuple[note_form.NoteForm, list[str]]:
    form = note_form.read(_query(data))
    return form, note_form.apply(form, visit, _people())


@pytest.mark.parametrize("number", ["V058", "V061", "V067", "V068", "V077", "V087", "V100"])
def test_a_form_posted_as_it_was_shown_changes_nothing(visit_of: VisitOf, number: str) -> None:
    visit = visit_of(number)
    form, changed = _applied(visit, posted(visit))
    assert changed == []
    assert not form.has_errors


def test_typed_fields_go_into_their_columns(visit_of: VisitOf) -> None:
    visit = visit_of("V068")
    data = posted(visit, time_in="08:05", subjective="No tingling.", abn_on_file="no", total_timed_minutes="31")
    form, changed = _applied(visit, data)
    assert (form.has_errors, sorted(changed)) == (False, ["detail", "note", "time_in"])
    assert visit.time_in == time(8, 5)
    assert visit.note is not None
    assert (visit.note["subjective"], visit.note["plan"]) == ("No tingling.", "Monday.")
    assert (visit.detail["abn_on_file"], visit.detail["total_timed_minutes"]) == (False, 31)
    assert visit.detail["total_treatment_minutes"] == 30


def test_a_slip_keeps_its_text_and_loses_nothing_else(visit_of: VisitOf) -> None:
    visit = visit_of("V068")
    data = posted(visit, time_in="8 o'clock", total_timed_minutes="half an hour", subjective="Stored all the same.")
    data["row_minutes"] = ["15", "ten", "5"]
    form, changed = _applied(visit, data)
    assert form.errors == {
        "time_in": "expected a time as 14:30",
        "total_timed_minutes": "expected whole minutes, 0 to 1440",
    }
    assert [row.errors for row in form.rows] == [{}, {"minutes": "expected whole minutes, 0 to 1440"}, {}]
    assert form.rows[1].values["minutes"] == "ten"
    assert changed == ["note"]
    assert visit.interventions is not None
    assert [done["minutes"] for done in visit.interventions] == [15, 10, 5]


@pytest.mark.parametrize(
    ("text", "stored", "wrong"), [("0", 0, False), ("1440", 1440, False), ("1441", 15, True), ("-1", 15, True)]
)
def test_minutes_are_those_of_one_day(visit_of: VisitOf, text: str, stored: int, wrong: bool) -> None:  # noqa: FBT001 - a case
    visit = visit_of("V068")
    data = posted(visit)
    data["row_minutes"][0] = text
    form, _changed = _applied(visit, data)
    assert visit.interventions is not None
    assert (visit.interventions[0]["minutes"], bool(form.rows[0].errors)) == (stored, wrong)


@pytest.mark.parametrize(("text", "wrong"), [("1", False), ("50", False), ("0", True), ("51", True), ("two", True)])
def test_a_group_has_one_to_fifty_patients(visit_of: VisitOf, text: str, wrong: bool) -> None:  # noqa: FBT001 - a case
    visit = visit_of("V068")
    data = posted(visit)
    data["row_group_size"][0] = text
    form, _changed = _applied(visit, data)
    assert bool(form.rows[0].errors) is wrong


def test_an_empty_grid_of_a_plain_note_stays_unknown_and_a_cleared_one_is_nothing_done(visit_of: VisitOf) -> None:
    plain, listed = visit_of("V058"), visit_of("V068")
    _applied(plain, posted(plain))
    assert plain.interventions is None
    data = posted(listed)
    data |= {name: [] for name in data if name.startswith("row_")}
    _applied(listed, data)
    assert listed.interventions == []


def test_rows_are_stored_in_the_order_of_the_page_and_empty_ones_left_out(visit_of: VisitOf) -> None:
    visit = visit_of("V100")
    data = posted(visit)
    blank = note_form.blank_row("r9")
    for name in note_form.ROW_FIELDS:
        data[f"row_{name}"] = [data[f"row_{name}"][1], blank.values[name], data[f"row_{name}"][0]]
    data["row_key"] = ["r1", "r9", "r0"]
    _applied(visit, data)
    assert visit.interventions is not None
    assert [done["minutes"] for done in visit.interventions] == [15, 30]


def test_the_imported_text_of_a_note_is_never_overwritten(visit_of: VisitOf) -> None:
    visit = visit_of("V058")
    assert visit.note is not None
    text = visit.note["text"]
    _applied(visit, posted(visit, assessment="Graft holds."))
    assert visit.note["text"] == text
    assert visit.note["assessment"] == "Graft holds."


def test_a_claim_goes_under_a_therapist_and_never_an_assistant(visit_of: VisitOf) -> None:
    visit = visit_of("V068")
    before = visit.therapist_id
    wilk = Provider.objects.get(key="wilk")
    morita = Provider.objects.get(key="morita")
    form, changed = _applied(visit, posted(visit, therapist=str(wilk.pk)))
    assert (form.errors, changed) == ({"therapist": "expected a therapist of the clinic"}, [])
    assert visit.therapist_id == before
    form, changed = _applied(visit, posted(visit, assistant=str(morita.pk)))
    assert (form.errors, changed) == ({"assistant": "expected an assistant of the clinic"}, [])
    _form, changed = _applied(visit, posted(visit, therapist=str(morita.pk)))
    assert (changed, visit.therapist_id) == (["therapist"], morita.pk)


def test_what_a_file_stated_beside_the_form_stays(visit_of: VisitOf) -> None:
    visit = visit_of("V068")
    visit.detail = visit.detail | {"unit_preference": ["97110"], "home_health_episode": False, "outcome_measure": ""}
    _form, changed = _applied(visit, posted(visit, progress_report="no"))
    assert changed == ["detail"]
    assert visit.detail["unit_preference"] == ["97110"]
    assert visit.detail["home_health_episode"] is False
    assert visit.detail["outcome_measure"] == ""
    assert visit.detail["progress_report"] is False
