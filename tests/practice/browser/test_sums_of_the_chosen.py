"""What is chosen for a deposit is added up while it is chosen, to be held beside the slip."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.practice.browser.conftest import SignIn, problems_of


@pytest.mark.browser
@pytest.mark.slow
def test_the_chosen_documents_are_added_up(sign_in: SignIn) -> None:
    page = sign_in("Marcus Doyle")
    page.goto("/c/heronlake/payments/deposits/")
    told = page.locator("[data-sum]")
    expect(told).to_have_text("0 chosen, $0.00")
    boxes = page.locator("input[data-cents]")
    cents = [int(box.get_attribute("data-cents") or 0) for box in boxes.all()]
    assert len(cents) > 2
    boxes.nth(0).check()
    boxes.nth(1).check()
    expect(told).to_have_text(f"2 chosen, ${(cents[0] + cents[1]) / 100:,.2f}")
    page.get_by_label("Choose all of them").check()
    expect(told).to_have_text(f"{len(cents)} chosen, ${sum(cents) / 100:,.2f}")
    boxes.nth(0).uncheck()
    expect(told).to_have_text(f"{len(cents) - 1} chosen, ${sum(cents[1:]) / 100:,.2f}")
    assert problems_of(page) == []
