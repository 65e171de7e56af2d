"""One patient's way through the clinic: registered, approved, evaluated, signed, built, released, downloaded.

Each person does what is theirs, in their own browser, as they would: by labels and buttons, never by an address that a
page does not offer.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from cleanclaim.x12 import read_837p
from tests.practice.browser.conftest import SignIn, problems_of, take_picture

DAY = "2026-09-25"
PATIENCE = 30_000
"""Milliseconds that a claim may take to be checked anew on a machine that is busy with other tests."""
_IDENTITY = {
    "Family name": "Brandywine",
    "Given name": "Ruth",
    "Birth date": "1961-04-09",
    "Street": "7 Juniper Ct",
    "City": "Chicago",
    "ZIP": "60616-0199",
}


def register(page: Page) -> None:
    """The front desk registers the patient, her coverage, what was approved, the order, and books her."""
    page.get_by_role("link", name="Patients").click()
    page.get_by_role("link", name="Register").first.click()
    for label, value in _IDENTITY.items():
        page.get_by_label(label, exact=False).first.fill(value)
    page.get_by_label("Phone").fill("3125550199")
    page.get_by_label("Sex").select_option(label="female")
    page.get_by_label("State", exact=True).select_option("IL")
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", name="Before the first claim")).to_be_visible()

    page.get_by_role("link", name="Add").first.click()
    page.get_by_role("combobox", name="Payer", exact=True).select_option(label="Prairie Health Plan (SYNPH01)")
    page.get_by_label("Clinic in network").select_option(label="yes")
    page.get_by_label("Member id").fill("PHP5550199")
    page.get_by_label("First day").fill("2026-01-01")
    page.get_by_role("button", name="Add").click()

    page.get_by_role("link", name="Add an authorization").click()
    page.get_by_label("Number", exact=True).fill("PHP2609199")
    page.get_by_label("First day").first.fill("2026-09-01")
    page.get_by_label("Last day").first.fill("2026-12-31")
    page.get_by_label("Visits authorized").fill("12")
    page.get_by_label("Of these used before").first.fill("0")
    page.get_by_role("button", name="Add").click()

    page.get_by_role("link", name="Order").click()
    page.get_by_label("Signed by").select_option(index=1)
    page.get_by_label("Signed on").fill("2026-09-22")
    page.get_by_label("Received on").fill("2026-09-23")
    page.get_by_role("button", name="Save").click()
    assert problems_of(page) == []

    page.get_by_role("link", name="Book").click()
    page.get_by_label("With", exact=True).select_option(label="Adaeze Okafor, PT")
    page.get_by_label("Day", exact=True).fill(DAY)
    page.get_by_label("Time", exact=True).fill("16:00")
    page.get_by_label("Minutes", exact=True).fill("60")
    page.get_by_label("For", exact=True).select_option("evaluation")
    page.get_by_role("button", name="Book").click()
    expect(page.get_by_text("Booked for Friday, September 25.")).to_be_visible()


def evaluate(page: Page) -> None:
    """The therapist writes the note; what is billed grows beside it while she types."""
    page.get_by_role("button", name="Start the note of Brandywine, Ruth").click()
    page.get_by_label("Time in").fill("16:00")
    page.get_by_label("Time out").fill("17:00")
    page.get_by_label("Add by words or code").press_sequentially("frozen shoulder right", delay=10)
    page.get_by_role("button", name="M75.01").click()
    box = {name: page.get_by_role("textbox", name=name, exact=True) for name in ("Subjective", "Objective", "Plan")}
    box["Subjective"].fill("Right shoulder stiff since June, cannot reach overhead; pain 6/10 at end range.")
    box["Objective"].fill("Right shoulder flexion 95, external rotation 20, abduction 80; capsular end feel.")
    page.get_by_role("textbox", name="Assessment", exact=True).fill("A therapist's hands are needed to restore glide.")
    box["Plan"].fill("Twice a week for eight weeks.")

    done = page.get_by_label("What was done", exact=True).and_(page.locator("input"))
    minutes = page.get_by_label("Minutes", exact=True)
    done.first.fill("PT evaluation of the right shoulder")
    minutes.first.fill("35")
    # The words leave the level open: the deciding question stands beside the row.
    expect(page.get_by_text("How many personal factors or comorbidities affect the plan").first).to_be_visible()
    page.get_by_role("button", name="Add a row").click()
    done.nth(1).fill("joint mobilization right glenohumeral, grade III posterior glides")
    minutes.nth(1).fill("15")
    page.get_by_label("Personal factors and comorbidities").fill("1")
    page.get_by_label("Body structures, functions").fill("3")
    page.get_by_label("Clinical presentation").select_option("evolving")
    page.get_by_label("Clinical decision making").select_option("moderate")
    page.get_by_label("Total timed minutes").fill("15")
    page.get_by_label("Total treatment minutes").fill("50")
    page.get_by_label("Outcome measure").fill("SPADI 62")
    expect(page.get_by_text("every component is of 97162")).to_be_visible()
    expect(page.get_by_text("97140 takes 1 (15 min), 1 unit in all; 97162 is untimed").first).to_be_visible()
    # A therapist sees units, never dollars.
    assert "$" not in page.locator("main").inner_text()
    assert problems_of(page) == []
    page.evaluate("window.scrollTo(0, 0)")
    take_picture(page, "note")

    page.get_by_role("button", name="Review and sign").click()
    expect(page.get_by_role("heading", name="What will be billed")).to_be_visible()
    page.get_by_role("button", name="Sign as Adaeze Okafor, PT").click()
    expect(page.get_by_text("Signed and locked. Later changes are addenda.")).to_be_visible()


def bill(page: Page) -> bytes:
    """The biller builds the claim, looks at it, releases it and downloads the file."""
    page.get_by_role("button", name="Build 1 claim").click()
    expect(page.get_by_text("1 claim built: 1 ready.")).to_be_visible()
    take_picture(page, "queue")
    page.get_by_label("Number").fill("P143")
    page.get_by_role("button", name="Filter").click()
    page.locator("table a.code").first.click()
    expect(page.get_by_text("Clean as far as judged; can be filed.")).to_be_visible()
    assert problems_of(page) == []
    take_picture(page, "claim")
    page.get_by_role("button", name="Release").click()
    expect(page.get_by_text("filed: prairie_health_plan-20260925-")).to_be_visible()
    page.get_by_role("link", name="prairie_health_plan-20260925-").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").or_(page.get_by_role("button", name="Download")).first.click()
    path = download.value.path()
    return path.read_bytes()


@pytest.mark.browser
@pytest.mark.slow
def test_from_the_front_desk_to_the_payers_file(sign_in: SignIn) -> None:
    register(sign_in("Priya Raman"))
    evaluate(sign_in("Adaeze Okafor"))
    data = bill(sign_in("Marcus Doyle"))
    claims, problems = read_837p(data)
    assert problems == []
    (claim,) = claims
    assert [(line.code, line.modifiers, line.units) for line in claim.lines] == [
        ("97162", ("GP",), 1),
        ("97140", ("GP",), 1),
    ]


@pytest.mark.browser
@pytest.mark.slow
def test_a_fix_that_states_something_waits_for_a_name(sign_in: SignIn) -> None:
    """A pair without 59: the fix says what it would state, wants a reason, and the claim is checked anew."""
    page = sign_in("Marcus Doyle")
    page.goto("/c/millrace/claims/?rule=PR102")
    page.locator("table a.code").first.click()
    finding = page.locator("article.finding", has_text="PR102")
    finding.get_by_text("Fix…").click()
    finding.get_by_label("It states something about the visit").fill("separate 15 minutes each, in the note")
    assert problems_of(page) == []
    finding.get_by_role("button", name="State it as Marcus Doyle").click()
    expect(page.locator("article.finding", has_text="PR102")).to_have_count(0, timeout=PATIENCE)
    expect(page.locator("main").get_by_text("59").first).to_be_visible()
