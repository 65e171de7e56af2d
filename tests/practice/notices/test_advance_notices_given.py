"""Advance notices of a clinic: for Original Medicare alone, signed once, followed by what claims must carry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from cleanclaim.practice.engine.claims.building import recheck
from cleanclaim.practice.engine.claims.filing import give_to_patient
from cleanclaim.practice.engine.claims.fixing import apply_safe
from cleanclaim.practice.engine.judging.notice_spans import HeldNotice, signed_notices
from cleanclaim.practice.engine.judging.records import visit_record
from cleanclaim.practice.engine.judging.setting import gather
from cleanclaim.practice.engine.notes.live_check import live_check
from cleanclaim.practice.engine.notes.signing import settled_lines
from cleanclaim.practice.engine.patients import advance_notices as engine
from cleanclaim.practice.engine.patients.advance_notices import NoticeRefusedError, Service
from cleanclaim.practice.models import (
    AdvanceNotice,
    Claim,
    ClaimLine,
    Clinic,
    Document,
    Patient,
    Role,
    TrailEntry,
    Visit,
)
from cleanclaim.practice.sealing import Plain
from cleanclaim.receivables.advance_notices import NoticeUse
from cleanclaim.records import NoticeChoice, NoticeCoverage, SignedNotice
from tests.forms.pages import words
from tests.practice.conftest import person

DAY = date(2026, 9, 25)
MEDICARE, ADVANTAGE, CASH = "P104", "P118", "P133"
SERVICE = Service(
    "Physical therapy twice a week for 4 weeks", "Medicare does not pay to keep up what is reached", 48_000
)


def patient(number: str) -> Patient:
    found: Patient = Patient.objects.get(number=number)
    return found


def made(
    clinic: Clinic, *, covers: NoticeCoverage = NoticeCoverage.EXPECTED_DENIAL, begins_on: date = DAY
) -> AdvanceNotice:
    return engine.make(
        clinic, person(clinic, Role.FRONT_DESK), patient(MEDICARE), covers=covers, services=[SERVICE],
        begins_on=begins_on, ends_on=begins_on + timedelta(days=27),
    )  # fmt: skip


def test_only_patients_of_original_medicare_get_one(inside: Clinic) -> None:
    assert [engine.use_for(inside, patient(number), DAY) for number in (MEDICARE, ADVANTAGE, CASH)] == [
        NoticeUse.USED, NoticeUse.PLAN_DECIDES, NoticeUse.NOT_USED,
    ]  # fmt: skip
    row = made(inside)
    assert (row.number, row.edition, row.services) == (
        "N-00001", date(2029, 3, 31), [[SERVICE.what, SERVICE.why, SERVICE.cents]],
    )  # fmt: skip
    for number in (ADVANTAGE, CASH):
        with pytest.raises(NoticeRefusedError, match="expected a patient of Original Medicare"):
            engine.make(
                inside, person(inside, Role.FRONT_DESK), patient(number), covers=NoticeCoverage.EXCLUDED,
                services=[SERVICE], begins_on=DAY, ends_on=DAY,
            )  # fmt: skip
    assert AdvanceNotice.objects.count() == 1


def test_it_is_signed_once_in_an_edition_of_its_day(inside: Clinic) -> None:
    row = made(inside)
    assert engine.follows(row) is None
    with pytest.raises(NoticeRefusedError, match="may not be signed on 2029-04-01"):
        engine.sign(row, NoticeChoice.BILL, date(2029, 4, 1), by_representative=False, document=None)

    engine.sign(row, NoticeChoice.BILL, DAY, by_representative=True, document=None)

    told = AdvanceNotice.objects.get()
    assert (told.option, told.signed_on, told.by_representative) == ("1", DAY, True)
    found = engine.follows(told)
    assert found is not None
    assert found.modifiers == ("GA",)
    with pytest.raises(NoticeRefusedError, match="signed or withdrawn already"):
        engine.sign(told, NoticeChoice.NO_CARE, DAY, by_representative=False, document=None)


def test_visits_know_of_it_from_the_signature_on(inside: Clinic) -> None:
    begins = date(2026, 9, 1)
    visit = Visit.objects.select_related("patient", "therapist").filter(patient__number=MEDICARE)[0]
    row = made(inside, begins_on=begins)

    def told(day: date) -> bool | None:
        setting = gather(inside, [visit], as_of=DAY)
        record = visit_record(visit, setting.zone).model_copy(update={"date_of_service": day})
        return setting.stated(record).abn_on_file

    assert told(DAY) is None
    engine.sign(row, NoticeChoice.BILL, DAY, by_representative=False, document=None)
    notice = SignedNotice(coverage=NoticeCoverage.EXPECTED_DENIAL, choice=NoticeChoice.BILL)
    assert signed_notices([row.patient_id]) == {MEDICARE: [HeldNotice(DAY, begins + timedelta(days=27), notice)]}
    assert (told(DAY - timedelta(days=1)), told(DAY), told(begins + timedelta(days=28))) == (None, True, None)
    AdvanceNotice.objects.update(withdrawn_on=DAY)
    assert told(DAY) is None


def test_claims_that_lack_what_follows_are_listed(inside: Clinic) -> None:
    claim = Claim.objects.filter(patient__number=MEDICARE, batch=None, payer="medicare_b").exclude(status="closed")[0]
    AdvanceNotice.objects.create(
        clinic=inside, patient=claim.patient, number="N-9", coverage=NoticeCoverage.EXPECTED_DENIAL.value,
        edition=date(2029, 3, 31), services=[[SERVICE.what, SERVICE.why, SERVICE.cents]],
        begins_on=claim.date_of_service, ends_on=claim.date_of_service, made_on=claim.date_of_service,
        made_by=person(inside, Role.FRONT_DESK), option="1", signed_on=claim.date_of_service,
    )  # fmt: skip
    row = AdvanceNotice.objects.get()
    count = ClaimLine.objects.filter(claim=claim).count()
    assert [(one.claim, one.lines, one.has_kx) for one in engine.proposed(row)] == [(claim, count, False)]

    first = ClaimLine.objects.filter(claim=claim)[0]
    ClaimLine.objects.filter(pk=first.pk).update(modifiers=["GP", "KX"])
    assert [one.has_kx for one in engine.proposed(row)] == [True]
    ClaimLine.objects.filter(claim=claim).update(modifiers=["GP", "GA"])
    assert engine.proposed(row) == []
    row.option = "2"
    assert [one.claim for one in engine.proposed(row)] == [claim]  # Medicare is not to be billed at all
    row.signed_on = claim.date_of_service + timedelta(days=1)
    assert engine.proposed(row) == []  # signed after care


# --- pages -------------------------------------------------------------------------------------------------


@pytest.fixture
def two_lines(inside: Clinic) -> Claim:
    """A claim to Medicare that is ready, with lines of several codes."""
    del inside
    ready = Claim.objects.select_related("patient").filter(payer="medicare_b", status="ready").order_by("number")
    found: Claim = next(one for one in ready if len({line.code for line in one.lines.all()}) > 1)
    return found


def waiting(clinic: Clinic, claim: Claim, *codes: str) -> AdvanceNotice:
    """A notice for the day of a claim that the patient has not signed."""
    made: AdvanceNotice = AdvanceNotice.objects.create(
        clinic=clinic, patient=claim.patient, number="N-9", coverage=NoticeCoverage.EXPECTED_DENIAL.value,
        edition=date(2029, 3, 31), services=[[SERVICE.what, SERVICE.why, SERVICE.cents]], codes=list(codes),
        begins_on=claim.date_of_service, ends_on=claim.date_of_service, made_on=claim.date_of_service,
        made_by=person(clinic, Role.FRONT_DESK),
    )  # fmt: skip
    return made


def carried(claim: Claim) -> dict[str, bool]:
    """By code of a claim's lines, whether they carry GA."""
    return {line.code: "GA" in line.modifiers for line in ClaimLine.objects.filter(claim=claim)}


def test_lines_of_its_codes_follow_the_choice_and_nobody_elses(
    as_role: Callable[[Role], Client], inside: Clinic, two_lines: Claim
) -> None:
    codes = sorted({line.code for line in two_lines.lines.all()})
    row = waiting(inside, two_lines)
    client, address = as_role(Role.BILLER), f"/c/millrace/notices/{row.pk}/"

    client.post(f"{address}signed/", {"option": "1", "on": two_lines.date_of_service.isoformat()})
    assert carried(two_lines) == dict.fromkeys(codes, False)  # no code is named
    client.post(f"{address}codes/", {"codes": "97999"})
    assert AdvanceNotice.objects.get().codes == []
    client.post(f"{address}codes/", {"codes": f"{codes[0].lower()},  {codes[0]}"})

    assert AdvanceNotice.objects.get().codes == [codes[0]]
    assert carried(two_lines) == {code: code == codes[0] for code in codes}
    assert Claim.objects.get(pk=two_lines.pk).status == "ready"
    client.post(f"{address}withdraw/")
    assert carried(two_lines) == dict.fromkeys(codes, False)
    assert as_role(Role.AUDITOR).post(f"{address}codes/", {"codes": ""}).status_code == 403


def test_what_medicare_is_not_billed_for_is_a_superbill_of_its_own(
    as_role: Callable[[Role], Client], inside: Clinic, two_lines: Claim
) -> None:
    lines = {line.code: line.charge_cents or 0 for line in two_lines.lines.all()}
    code, *others = sorted(lines)
    row = waiting(inside, two_lines, code)
    client, address = as_role(Role.OWNER), f"/c/millrace/notices/{row.pk}/"

    client.post(f"{address}signed/", {"option": "2", "on": two_lines.date_of_service.isoformat()})

    own = Claim.objects.get(visit=two_lines.visit, is_patients_own=True)
    assert (own.number, own.status, own.payer, own.charge_cents) == (
        f"{two_lines.number}P", "superbill", "cash", lines[code],
    )  # fmt: skip
    assert [line.code for line in own.lines.all()] == [code]
    kept = Claim.objects.get(pk=two_lines.pk)
    assert (kept.status, sorted(carried(kept)), kept.charge_cents) == (
        "ready", others, sum(lines[one] for one in others),
    )  # fmt: skip
    assert [line["code"] for line in kept.record["lines"]] == [line.code for line in kept.lines.order_by("position")]

    client.post(f"/c/millrace/claims/{own.pk}/check/")  # either may be checked alone
    assert Claim.objects.get(pk=own.pk).status == "superbill"
    client.post(f"{address}withdraw/")
    assert Claim.objects.get(pk=own.pk).status == "closed"
    assert sorted(carried(two_lines)) == sorted(lines)
    assert Claim.objects.filter(visit=two_lines.visit).count() == 2


def test_a_fix_finds_its_line_beside_those_that_stand_on_no_claim(inside: Clinic, two_lines: Claim) -> None:
    first, second = [line.code for line in two_lines.lines.order_by("position")][:2]
    owner, visit = person(inside, Role.OWNER), two_lines.visit
    visit.billed = [
        {"code": code, "modifiers": carried, "units": 1, "charge_cents": 7_000, "pointers": [1]}
        for code, carried in ((first, ["GP"]), (second, []))
    ]
    visit.save()
    row = waiting(inside, two_lines, first)
    engine.sign(row, NoticeChoice.DO_NOT_BILL, two_lines.date_of_service, by_representative=False, document=None)
    recheck(inside, [two_lines.pk], owner)

    (made,) = apply_safe(inside, [two_lines.pk], owner)

    assert made.refused == ()
    stored = Visit.objects.get(pk=visit.pk).billed
    assert [(line["code"], line["modifiers"]) for line in stored] == [(second, ["GP"]), (first, ["GP"])]
    assert [line.code for line in Claim.objects.get(pk=two_lines.pk).lines.all()] == [second]


def test_the_therapist_sees_what_stands_on_no_claim_and_signing_keeps_it(
    as_role: Callable[[Role], Client], inside: Clinic
) -> None:
    drafts = Visit.objects.select_related("patient", "therapist", "assistant").filter(status="draft")
    visit, before = next(
        (visit, checked)
        for visit in drafts.filter(patient__coverages__payer="medicare_b", patient__coverages__order="primary")
        for checked in [live_check(inside, visit, as_of=DAY)]
        if len({line.code for line in checked.lines}) > 1 and settled_lines(checked) is not None
    )
    code = before.lines[0].code
    AdvanceNotice.objects.create(
        clinic=inside, patient=visit.patient, number="N-9", coverage=NoticeCoverage.EXPECTED_DENIAL.value,
        edition=date(2029, 3, 31), services=[[SERVICE.what, SERVICE.why, SERVICE.cents]], codes=[code], begins_on=DAY,
        ends_on=DAY, made_on=DAY, made_by=person(inside, Role.FRONT_DESK), option="2", signed_on=DAY,
    )  # fmt: skip

    after = live_check(inside, visit, as_of=DAY)

    assert ({line.code for line in after.withheld}, code in {line.code for line in after.lines}) == ({code}, False)
    settled = settled_lines(after)
    assert settled is not None
    assert sorted(str(line["code"]) for line in settled) == sorted(line.code for line in before.lines)
    page = as_role(Role.OWNER).get(f"/c/millrace/visits/{visit.pk}/").content.decode()
    assert "By a signed notice the patient pays for this alone" in page


def test_a_superbill_that_the_patient_has_stays_theirs(inside: Clinic, two_lines: Claim) -> None:
    codes = sorted({line.code for line in two_lines.lines.all()})
    owner = person(inside, Role.OWNER)
    row = waiting(inside, two_lines, codes[0])
    engine.sign(row, NoticeChoice.DO_NOT_BILL, two_lines.date_of_service, by_representative=False, document=None)
    recheck(inside, [two_lines.pk], owner)
    own = Claim.objects.get(visit=two_lines.visit, is_patients_own=True)
    give_to_patient(own.pk, owner)

    recheck(inside, [two_lines.pk], owner)

    assert Claim.objects.filter(visit=two_lines.visit, is_patients_own=True).count() == 1
    assert sorted(carried(two_lines)) == codes[1:]


FORM = {
    "coverage": "expected_denial", "begins_on": "2026-09-28", "ends_on": "2026-10-23", "more": "",
    "what_0": SERVICE.what, "why_0": SERVICE.why, "cost_0": "480.00",
}  # fmt: skip


def test_the_front_desk_makes_one_and_writes_down_the_choice(as_role: Callable[[Role], Client], inside: Clinic) -> None:
    client = as_role(Role.FRONT_DESK)
    address = f"/c/millrace/patients/{patient(MEDICARE).pk}/notices/new/"
    assert "the edition that expires Mar 31, 2029" in client.get(address).content.decode()

    answer = client.post(address, FORM)

    row = AdvanceNotice.objects.get()
    assert answer["Location"] == f"/c/millrace/notices/{row.pk}/"
    assert row.services == [[SERVICE.what, SERVICE.why, 48_000]]
    assert "waits for its signature" in client.get(answer["Location"]).content.decode()
    text = " ".join(words(client.get(f"{answer['Location']}entries/").content).split())
    assert ("$480.00" in text, "03/31/2029" in text, SERVICE.why in text) == (True, True, True)

    document = Document.objects.create(
        clinic=inside, patient=row.patient, kind="abn", media_type="application/pdf", size=5, content=Plain(b"%PDF-"),
        stored_by=person(inside, Role.FRONT_DESK),
    )  # fmt: skip
    client.post(f"{answer['Location']}signed/", {"option": "1", "on": "2026-09-26", "document": str(document.pk)})
    assert AdvanceNotice.objects.get().signed_on is None  # a day to come
    client.post(f"{answer['Location']}signed/", {"option": "1", "on": "2026-09-25", "document": str(document.pk)})
    row = AdvanceNotice.objects.get()
    assert (row.option, row.signed_on, row.document_id) == ("1", DAY, document.pk)
    page = client.get(answer["Location"]).content.decode()
    assert "Medicare is billed with GA" in page
    assert "N-00001" in client.get("/c/millrace/notices/").content.decode()
    client.post(f"{answer['Location']}withdraw/")
    assert AdvanceNotice.objects.get().withdrawn_on == DAY
    assert set(TrailEntry.objects.filter(subject="notice").values_list("action", flat=True)) == {
        "create", "read", "export", "change", "list",
    }  # fmt: skip


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize(
    ("number", "says"),
    [(ADVANTAGE, "organization determination"), (CASH, "No notice for this patient")],
)
def test_elsewhere_the_page_says_what_takes_its_place(
    as_role: Callable[[Role], Client], number: str, says: str
) -> None:
    client = as_role(Role.FRONT_DESK)
    address = f"/c/millrace/patients/{patient(number).pk}/notices/new/"

    assert says in client.get(address).content.decode()
    assert client.post(address, FORM).status_code == 422
    assert AdvanceNotice.objects.count() == 0


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"why_0": ""}, "the notice does not hold without it"),
        ({"cost_0": ""}, "the notice does not hold without it"),
        ({"what_0": "", "why_0": "", "cost_0": ""}, "Expected at least one service."),
        ({"ends_on": "2026-09-27"}, "Expected a day on or after the first."),
    ],
)
def test_what_lacks_is_named(as_role: Callable[[Role], Client], changes: dict[str, str], says: str) -> None:
    answer = as_role(Role.FRONT_DESK).post(f"/c/millrace/patients/{patient(MEDICARE).pk}/notices/new/", FORM | changes)

    assert (answer.status_code, says in answer.content.decode()) == (422, True)
    assert AdvanceNotice.objects.count() == 0


@pytest.mark.parametrize(
    ("role", "sees", "changes"),
    [(Role.OWNER, 200, 302), (Role.AUDITOR, 200, 403), (Role.THERAPIST, 403, 403), (Role.ASSISTANT, 403, 403)],
)
def test_who_sees_and_who_changes(
    as_role: Callable[[Role], Client], inside: Clinic, role: Role, sees: int, changes: int
) -> None:
    row = made(inside)
    client = as_role(role)

    assert [
        client.get(f"/c/millrace/notices/{end}").status_code for end in ("", f"{row.pk}/", f"{row.pk}/entries/")
    ] == [sees] * 3
    answer = client.post(f"/c/millrace/notices/{row.pk}/signed/", {"option": "2", "on": "2026-09-25"})
    assert answer.status_code == changes
    assert AdvanceNotice.objects.get().option == ("2" if changes == 302 else "")
