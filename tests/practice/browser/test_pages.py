"""Every page can be used: by keyboard, on a phone, in the dark, with a screen reader."""

from __future__ import annotations

import pytest

from tests.practice.browser.conftest import DESKTOP, PHONE, SignIn, problems_of

PAGES = [
    ("Erik Lindqvist", "today/"),
    ("Priya Raman", "calendar/"),
    ("Priya Raman", "patients/"),
    ("Marcus Doyle", "claims/"),
    ("Marcus Doyle", "files/"),
    ("Joan Ferris", "figures/"),
    ("Joan Ferris", "guide/"),
    ("Joan Ferris", "setup/"),
]
"""Who opens which page of the clinic."""


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize(("name", "path"), PAGES, ids=lambda value: str(value).replace(" ", "-"))
@pytest.mark.parametrize(("width", "theme"), [(DESKTOP, "light"), (DESKTOP, "dark"), (PHONE, "light")])
def test_a_page_is_usable(name: str, path: str, width: int, theme: str, sign_in: SignIn) -> None:
    page = sign_in(name, width, theme)
    answer = page.goto(f"/c/millrace/{path}")
    assert answer is not None
    assert answer.status == 200
    assert problems_of(page) == []
