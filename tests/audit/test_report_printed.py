"""The page on paper: what a click opens on a screen is printed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.audit.made import archive
from tests.audit.test_report import page_of

CLOSED = "[...document.querySelectorAll('details:not([open]) .body p')].map((one) => one.checkVisibility())"


@pytest.mark.slow
@pytest.mark.enable_socket
def test_every_rule_is_printed_with_its_evidence(tmp_path: Path) -> None:
    sync_api = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        if os.environ.get("CI"):
            pytest.fail("expected Chromium, with which pages are looked at")
        pytest.skip("no Chromium here")
    (tmp_path / "report.html").write_text(page_of(archive()), "utf-8")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = opened.new_page()
        page.goto((tmp_path / "report.html").as_uri())
        on_screen = page.evaluate(CLOSED)
        page.emulate_media(media="print")
        printed = page.evaluate(CLOSED)
        opened.close()
    assert len(printed) > 5
    assert not any(on_screen)
    assert all(printed)
