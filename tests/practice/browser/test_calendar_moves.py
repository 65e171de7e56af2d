"""An appointment is given another time in the calendar: by keyboard, and by dragging it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.practice.browser.conftest import SignIn, problems_of

PATIENCE = 30_000
"""Milliseconds that a page may take on a machine that is busy with other tests."""

WEEK = "/c/millrace/calendar/?view=week&day=2026-09-28&with="


@pytest.mark.browser
@pytest.mark.slow
def test_an_appointment_is_moved_by_keyboard_and_by_dragging(sign_in: SignIn) -> None:
    page = sign_in("Priya Raman")
    page.set_default_timeout(PATIENCE)
    page.wait_for_url("**/c/millrace/**")
    page.goto(WEEK)
    first = page.locator('[data-moves][data-on="2026-09-28"][data-at="09:00"]').first
    provider, key = first.get_attribute("data-provider"), first.get_attribute("id")
    page.goto(f"{WEEK}{provider}")
    slot = page.locator(f"#{key}")
    slot.focus()
    page.keyboard.press("Shift+ArrowDown")
    expect(slot).to_have_attribute("data-at", "09:15", timeout=PATIENCE)
    expect(slot).to_be_focused()
    assert problems_of(page) == []
    _drag(page, slot, "2026-10-01")
    expect(slot).to_have_attribute("data-on", "2026-10-01", timeout=PATIENCE)
    expect(slot).to_have_attribute("data-at", "09:15")
    slot.focus()
    page.keyboard.press("Shift+ArrowLeft")
    expect(slot).to_have_attribute("data-on", "2026-09-30", timeout=PATIENCE)


def _drag(page: Page, slot: Locator, day: str) -> None:
    """Drag an appointment to the same height of another day's column."""
    column = page.locator(f'.cal-slots[data-day="{day}"]')
    height = "(slot, day) => slot.getBoundingClientRect().top - day.getBoundingClientRect().top"
    top = slot.evaluate(height, column.element_handle())
    slot.drag_to(column, source_position={"x": 20, "y": 4}, target_position={"x": 20, "y": top + 4})
