"""The biller's way of the money: an answer is read, a denial is worked, the corrected claim paid, the patient asked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdfium2 import PdfDocument  # type: ignore[import-untyped]

from cleanclaim.money import dollars, plain
from cleanclaim.x12 import ParsedClaim
from cleanclaim.x12.reader_837p import read_837p
from tests.practice.browser.conftest import SignIn, problems_of, take_picture

CLINIC = "/c/heronlake"


def answer_file(claim: ParsedClaim, trace: str, *, is_denied: bool) -> bytes:
    """What the payer says about a claim: no authorization, or paid by contract with a fifth for the patient."""
    charge = sum(line.charge_cents or 0 for line in claim.lines)
    paid, told = 0, []
    for line in claim.lines:
        cents = line.charge_cents or 0
        contract, share = (0, 0) if is_denied else (cents * 2 // 5, cents // 5)
        of_line = 0 if is_denied else cents - contract - share
        paid += of_line
        code = ":".join(("HC", line.code, *line.modifiers))
        told.append(f"SVC*{code}*{plain(cents)}*{plain(of_line)}**{line.units}~DTM*472*20260921~")
        reasons = [("CO", "197", cents)] if is_denied else [("CO", "45", contract), ("PR", "2", share)]
        told += [f"CAS*{group}*{reason}*{plain(amount)}~" for group, reason, amount in reasons]
        told.append(f"REF*6R*{line.control_number}~")
    status = "4" if is_denied else "1"
    body = (
        f"ST*835*0001~BPR*{'H' if is_denied else 'I'}*{plain(paid)}*C*{'NON' if is_denied else 'ACH'}************20260925~"
        f"TRN*1*{trace}*1512345678~N1*PR*UNITEDHEALTHCARE~N1*PE*HERON LAKE*XX*1999010006~LX*1~"
        f"CLP*{claim.id}*{status}*{plain(charge)}*{plain(paid)}**12*UH{trace}~NM1*QC*1*SOMEBODY*X~{''.join(told)}"
    )
    return (
        "ISA*00*          *00*          *ZZ*SIMUH01        *ZZ*HERONLAKE1     *260925*0900*^*00501*000000001*0*P*:~"
        "GS*HP*SIMUH01*HERONLAKE1*20260925*0900*1*X*005010X221A1~"
        f"{body}SE*{body.count('~') + 1}*0001~GE*1*1~IEA*1*000000001~"
    ).encode()


def release(page: Page) -> ParsedClaim:
    """Release the claim that is shown, download its file, and read it as its payer would."""
    page.get_by_role("button", name="Release").click()
    page.get_by_role("link", name="uhc_commercial-20260925-").first.click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").or_(page.get_by_role("button", name="Download")).first.click()
    claims, problems = read_837p(download.value.path().read_bytes())
    assert problems == []
    (claim,) = claims
    return claim


def post(page: Page, data: bytes, where: Path) -> None:
    """Read a file of payments, look where every cent would go, and post it."""
    where.write_bytes(data)
    page.goto(f"{CLINIC}/payments/")
    page.get_by_label("Remittance file (835)").set_input_files(where)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="Where every cent would go")).to_be_visible()
    assert problems_of(page) == []
    page.get_by_role("button", name="Post 1 payment").click()


def approve(page: Page, number: str) -> None:
    """The front office has got the authorization after the fact, and types it in."""
    page.get_by_role("link", name=re.compile("Add an authorization of UnitedHealthcare")).click()
    page.get_by_label("Number", exact=True).fill(number)
    page.get_by_label("First day").fill("2026-01-01")
    page.get_by_label("Last day").fill("2026-12-31")
    page.get_by_label("Visits authorized").fill("40")
    page.get_by_role("button", name="Add", exact=True).click()


@pytest.mark.browser
@pytest.mark.slow
def test_from_a_denial_to_the_patients_statement(sign_in: SignIn, tmp_path: Path) -> None:
    page = sign_in("Marcus Doyle Biller at Heron Lake")
    page.goto(f"{CLINIC}/claims/?status=ready&payer=uhc_commercial")
    page.locator("table a.code").first.click()
    claim = release(page)
    post(page, answer_file(claim, "EFT701", is_denied=True), tmp_path / "denied.835")

    page.goto(f"{CLINIC}/follow-up/?kind=denial")
    page.get_by_role("link", name=claim.id).click()
    expect(page.get_by_text("No authorization").first).to_be_visible()
    assert problems_of(page) == []
    take_picture(page, "denial")
    page.get_by_text("Start a corrected claim").click()
    page.get_by_role("button", name="Begin replacement").click()
    expect(page.get_by_text("begun. Mend it here")).to_be_visible()
    replacement = page.url

    page.locator("main a[href*='/patients/']:visible").first.click()
    approve(page, "AUTH-7001")
    page.goto(replacement)
    expect(page.get_by_text("has changed since it was checked")).to_be_visible()
    page.get_by_role("button", name="Check again").click()
    expect(page.get_by_text("checked again")).to_be_visible()
    expect(page.get_by_text("Clean as far as judged; can be filed.")).to_be_visible()
    corrected = release(page)
    assert (corrected.frequency, corrected.original_reference) == ("7", "UHEFT701")
    assert corrected.prior_authorization == "AUTH-7001"

    post(page, answer_file(corrected, "EFT702", is_denied=False), tmp_path / "paid.835")
    page.goto(f"{CLINIC}/follow-up/?number={claim.id}")
    expect(page.locator("table a.code", has_text=claim.id)).to_have_count(0)

    page.goto(f"{CLINIC}/payments/statements/")
    share = dollars(sum((line.charge_cents or 0) // 5 for line in corrected.lines))
    row = page.locator("tbody tr", has_text=share)
    expect(row).to_have_count(1)
    assert problems_of(page) == []
    for box in page.locator("tbody input[name=patient]").all():
        box.uncheck()
    row.locator("input[name=patient]").check()
    page.get_by_role("button", name="Make the chosen statements").click()
    expect(page.get_by_text("1 statement made and kept, as one file.")).to_be_visible()
    take_picture(page, "statements")
    run = page.get_by_role("link", name="September 25, 2026").first.get_attribute("href")
    with PdfDocument(page.request.get(run or "").body()) as paper:
        text = paper[0].get_textpage().get_text_range()
    assert share in text
    assert "coinsurance" in text.lower()


@pytest.mark.browser
@pytest.mark.slow
def test_every_page_of_the_money_shows_what_the_demos_weeks_left(sign_in: SignIn) -> None:
    page = sign_in("Joan Ferris")
    for path, told in (
        ("receipts", "Brisco, Emil"), ("owed", "over 120"), ("statements", "Due a statement today"),
        ("write-offs", "need, tested and documented"), ("refunds", "paid ahead"),
        ("deposits", "out of the bank, of no refund here"),
        ("day-sheet", "ties to the ledger"), ("closing", "The books are closed through August 31, 2026"),
    ):  # fmt: skip
        page.goto(f"{CLINIC}/payments/{path}/")
        expect(page.get_by_text(told).first).to_be_visible()
        expect(page.locator("main .empty")).to_have_count(0)
        assert problems_of(page) == []


@pytest.mark.browser
@pytest.mark.slow
def test_the_second_clinic_has_visits_today_and_appointments_to_come(sign_in: SignIn) -> None:
    page = sign_in("Marcus Doyle Biller at Heron Lake")
    page.goto(f"{CLINIC}/today/")
    expect(page.get_by_text("5 visits, 5 notes to sign")).to_be_visible()
    page.goto(f"{CLINIC}/patients/upcoming/")
    expect(page.get_by_text("patients on this page ready for a claim")).to_be_visible()
