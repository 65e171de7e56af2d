"""Every page that a person can reach can be used: with a screen reader, on a phone, in the dark.

The pages are found as a person finds them, by their links, so that a new page is held to the same from its first day.
"""

from __future__ import annotations

import re
from collections import deque

import pytest
from playwright.sync_api import Page, expect

from tests.practice.browser.conftest import DESKTOP, PHONE, SignIn, take_picture, violations_of, width_of

_KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
_ONE_OF_MANY = re.compile(r"(/guide/(?:codes|rules|modifiers|diagnoses)|/figures)/[^/]+/")
_PATHS = "links => links.map(link => new URL(link.getAttribute('href'), location).pathname)"
_TWO_OF_A_SHAPE = """() => {
  const told = ({name, value}) => ` ${name}=` + (/^(class|role|scope|style|type)$/.test(name) ? value : !!value.trim());
  const shape = node => node.nodeType === Node.TEXT_NODE ? !!node.data.trim() : node.nodeType !== Node.ELEMENT_NODE ? "" :
    `<${node.localName}${[...node.attributes].map(told).sort().join("")}>${[...node.childNodes].map(shape).join()}</>`;
  for (const parent of new Set([...document.querySelectorAll("tr, li, option")].map(one => one.parentElement))) {
    const counts = {};
    for (const one of [...parent.children]) {
      const own = shape(one);
      counts[own] = (counts[own] || 0) + 1;
      if (counts[own] > 2) one.remove();
    }
  }
}"""
"""Keep two of the rows, items and options of a shape: whatever else they say, axe says of the third what it said of two.

Two alike show what only a second can be: an id or a label that is there twice.
"""
_COLORS_NOT_SEEN = """theme => {
  const kept = "colors seen: " + theme;
  const seen = new Set(JSON.parse(sessionStorage.getItem(kept) || "[]")), chains = new Map();
  const styles = /^(class|role|scope|style|type|disabled|open|data-bs-.+|aria-(?!label|described|controls|owns).+)$/;
  const own = node => `${node.localName}${[...node.attributes].filter(one => styles.test(one.name)).map(
    one => ` ${one.name}=${one.value}`).sort().join("")}`;
  const chain = node => {
    if (!chains.has(node)) {
      const isRow = /^(tr|li)$/.test(node.localName) && [...node.parentElement.children].indexOf(node) % 2;
      chains.set(node, node === document.body ? own(node) : `${chain(node.parentElement)}>${own(node)}${isRow ? ":odd" : ""}`);
    }
    return chains.get(node);
  };
  let found = 0;
  for (const node of document.body.querySelectorAll("*")) {
    const says = [...node.childNodes].some(one => one.nodeType === Node.TEXT_NODE && one.data.trim());
    if ((!says && !node.matches("input, select, textarea")) || !node.checkVisibility()) continue;
    if (seen.has(chain(node))) continue;
    seen.add(chain(node));
    node.setAttribute("data-colors-not-seen", theme);
    found += 1;
  }
  sessionStorage.setItem(kept, JSON.stringify([...seen]));
  return found;
}"""
"""Mark each visible text that stands in tags and classes of which no page before had one in this theme.

Colors come from style sheets alone (the content policy allows no others), so axe says of a second one what it said of
the first; and comparing colors is two thirds of its work.
"""
_FILES = re.compile(r"\.(pdf|csv|parquet|zip|json)$|/(download|content|pdf|print)/$")


def kind_of(path: str) -> str:
    """A page's kind: its address without what tells one row from another."""
    return _ONE_OF_MANY.sub(r"\1/*/", _KEY.sub("*", path))


def reached(page: Page, begin: str) -> dict[str, list[str]]:
    """Every kind of page that links lead to from `begin`, each opened once, with what is wrong with it."""
    waiting, seen, found = deque([begin]), {kind_of(begin)}, {}
    while waiting:
        path = waiting.popleft()
        _at_a_desk(page)
        answer = page.goto(path)
        kind = kind_of(path)
        assert answer is not None
        links = page.eval_on_selector_all("a[href]", _PATHS)
        found[kind] = [f"answers {answer.status}"] if answer.status != 200 else problems_everywhere(page)
        for to in links:
            is_page = to.startswith(("/c/millrace/", "/queue/", "/company/", "/account/")) and not _FILES.search(to)
            if is_page and kind_of(to) not in seen:
                seen.add(kind_of(to))
                waiting.append(to)
    return found


def problems_everywhere(page: Page) -> list[str]:
    """What is wrong with a page at a desk, and on a phone in the dark."""
    wrong = width_of(page)
    _on_a_phone(page)
    wrong_on_a_phone = width_of(page)
    page.evaluate(_TWO_OF_A_SHAPE)
    wrong_on_a_phone += _violations_of(page, "dark")
    _at_a_desk(page)
    wrong += _violations_of(page, "light")
    return wrong + [f"on a phone, in the dark: {problem}" for problem in wrong_on_a_phone]


def _violations_of(page: Page, theme: str) -> list[str]:
    """What axe objects to on a page; colors are compared where no page before stood in the same ones."""
    found = violations_of(page, {"rules": {"color-contrast": {"enabled": False}}})
    if page.evaluate(_COLORS_NOT_SEEN, theme):
        found += violations_of(page, {"runOnly": ["color-contrast"]}, f"[data-colors-not-seen={theme}]")
    return found


def _at_a_desk(page: Page) -> None:
    page.set_viewport_size({"width": DESKTOP, "height": 900})
    page.evaluate("document.documentElement.dataset.bsTheme = 'light'")


def _on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": PHONE, "height": 800})
    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "begin", "least"),
    [("Joan Ferris", "/c/millrace/figures/", 55), ("Adaeze Okafor", "/c/millrace/today/", 12)],
)
def test_every_page_that_links_lead_to_is_usable(name: str, begin: str, least: int, sign_in: SignIn) -> None:
    found = reached(sign_in(name), begin)
    assert {kind: wrong for kind, wrong in found.items() if wrong} == {}
    assert len(found) >= least, sorted(found)


@pytest.mark.browser
@pytest.mark.slow
def test_the_days_notes_by_keyboard_alone(sign_in: SignIn) -> None:
    page = sign_in("Erik Lindqvist")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What was done")).to_be_visible()


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize(("name", "path", "picture"), [("Joan Ferris", "figures/", "figures")])
def test_pictures_for_the_documentation(name: str, path: str, picture: str, sign_in: SignIn) -> None:
    page = sign_in(name)
    page.goto(f"/c/millrace/{path}")
    expect(page.get_by_role("heading", name="Figures", exact=True)).to_be_visible()
    take_picture(page, picture)
