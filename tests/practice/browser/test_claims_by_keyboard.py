"""A biller works the queue without a mouse: move, choose, open, fix, release, and take the file."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.practice.browser.conftest import SignIn, problems_of

PATIENCE = 30_000
"""Milliseconds that a page may take on a machine that is busy with other tests."""


@pytest.mark.browser
@pytest.mark.slow
def test_a_claim_is_found_fixed_and_released_by_keyboard(sign_in: SignIn) -> None:
    page = sign_in("Marcus Doyle")
    page.set_default_timeout(PATIENCE)
    page.wait_for_url("**/c/millrace/**")
    page.goto("/c/millrace/claims/?status=held")
    keys = page.keyboard
    keys.press("j")
    keys.press("j")
    keys.press("x")
    expect(page.get_by_text("1 chosen")).to_be_visible()
    expect(page.locator("tr.is-here")).to_have_count(1)
    keys.press("k")
    keys.press("x")
    expect(page.get_by_text("2 chosen")).to_be_visible()

    keys.press("/")
    keys.type("V082")
    keys.press("Enter")
    expect(page.locator("[data-row]")).to_have_count(1, timeout=PATIENCE)
    keys.press("j")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="V082")).to_be_visible(timeout=PATIENCE)

    page.locator(".claim-act > summary").first.press("Enter")
    field = page.get_by_label("It states something about the visit. What does it rest on?")
    field.press_sequentially("entered twice")
    field.press("Enter")
    done = page.get_by_text("The claim was “Needs a fix” and is “Ready” now.")
    expect(done).to_be_visible(timeout=PATIENCE)
    expect(page.locator("#claim .notices")).to_be_focused()
    assert problems_of(page) == []

    page.get_by_role("button", name="Release").press("Enter")
    expect(page.get_by_text("filed: prairie_health_plan-20260925-")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("link", name="prairie_health_plan-20260925-").press("Enter")
    with page.expect_download() as taken:
        page.get_by_role("button", name="Download").press("Enter")
    assert taken.value.suggested_filename.startswith("prairie_health_plan-20260925-")
