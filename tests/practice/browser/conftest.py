"""The app as people meet it: served by its own command on the sample clinic, opened in Chromium.

A test that is skipped for want of a browser is a failure in CI.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.practice.served import serving_demo

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
PHONE, DESKTOP = 375, 1280
PICTURES = os.environ.get("CLEANCLAIM_PICTURES", "")
"""A folder into which pictures for the documentation are written, where it is set."""

SignIn = Callable[..., Page]

_PATIENCE = 120_000
"""Milliseconds that a page may take on a machine that runs every other test beside it."""


@pytest.fixture(scope="session")
def address(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the demo from a home of its own; the address ends with the clinic's pages."""
    home = tmp_path_factory.mktemp("served") / "home"
    shutil.copytree(demo_home, home)
    with serving_demo(home) as served:
        yield served.address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; closed with each module, because it leaves an event loop running in this thread while it is open."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium: CI opens every page in one")
        pytest.skip("no Chromium here")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield opened
        opened.close()


_OVERTAKEN = ("htmx:sendAbort", "htmx:afterRequest")
"""What htmx writes when a newer question overtakes one, or the page is left meanwhile: as it should be.

A request that fails is told by another name beside them (`htmx:sendError`, `htmx:responseError`, `htmx:timeout`).
"""


def _note_error(message: ConsoleMessage, errors: list[str]) -> None:
    """Keep an error that the page wrote to the console, with the place that wrote it."""
    if message.type == "error" and message.text not in _OVERTAKEN:
        errors.append(f"{message.text} {message.location}")


@pytest.fixture
def sign_in(address: str, browser: Browser) -> Iterator[SignIn]:
    """A function that opens a page as somebody: a name of the demo's people, a width and a theme.

    Whatever the page writes to the console as an error fails the test: a blocked script, a missing file.
    """
    contexts = []
    errors: list[str] = []

    def be(name: str, width: int = DESKTOP, theme: str = "light") -> Page:
        context = browser.new_context(
            base_url=address,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if theme == "dark" else "light",
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.set_default_timeout(_PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: _note_error(message, errors))
        page.goto("/")
        page.get_by_role("button", name=name).first.click()
        page.wait_for_url("**/c/**")
        return page

    yield be
    for context in contexts:
        context.close()
    assert errors == []


_AXE = Axe().axe_script
_VIOLATIONS = """
([within, options]) => axe.run({ include: [[within]] }, { resultTypes: ["violations"], ...options }).then(
    found => found.violations.map(rule => rule.id + ": " + JSON.stringify(rule.nodes.slice(0, 3).map(one => one.target))))
"""
"""What axe finds, told in a line each: its whole answer, with all that it passed, takes longer to carry than to find."""


def problems_of(page: Page) -> list[str]:
    """What keeps somebody from using the page: axe's violations, and content wider than the window."""
    return violations_of(page) + width_of(page)


def violations_of(page: Page, options: dict[str, object] | None = None, within: str = "html") -> list[str]:
    """What axe objects to on the page, by all its rules or by its own `options`, in the elements of a selector."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE)
    found: list[str] = page.evaluate(_VIOLATIONS, [within, options or {}])
    return found


def width_of(page: Page) -> list[str]:
    """Whether content is wider than the window."""
    is_wider = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return ["the page is wider than the window"] if is_wider else []


def take_picture(page: Page, name: str, *, whole: bool = False) -> None:
    """Keep a picture for the documentation, where they are asked for."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=whole)
