"""Rows of long lists: escaped as Django escapes, a missing name refused, addresses as Django writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import jinja2
import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from cleanclaim.practice import list_rows

KEY = UUID("2b1f0c9e-6f0a-4a55-9d4e-0f6b1c2d3e4f")


def _written(text: str, **names: object) -> str:
    """A template's text, written in the environment of the lists."""
    return list_rows.environment().from_string(text).render(names)


@pytest.mark.parametrize("value", ["<b>", 'O\'Neil & "Sons"', "&amp;", "–", "Ünal"])
def test_what_is_shown_is_escaped_as_django_does(value: str) -> None:
    of_django = Template("{{ value }}").render(Context({"value": value}))
    assert _written("{{ value }}", value=value) == of_django.replace("&#x27;", "&#39;").replace("&quot;", "&#34;")


def test_a_name_that_the_page_does_not_give_is_refused() -> None:
    with pytest.raises(jinja2.UndefinedError, match="is_every_clinic"):
        _written("{% if is_every_clinic %}x{% endif %}")
    assert _written("{% if is_every_clinic %}x{% endif %}", is_every_clinic=False) == ""


def test_addresses_are_djangos_own() -> None:
    assert _written("{{ address('claim', 'millrace', key) }}", key=KEY) == reverse("claim", args=["millrace", KEY])
    found = _written("{{ address('guide_rule', 'millrace', 'UN101') }}")
    assert found == reverse("guide_rule", args=["millrace", "UN101"])
    with pytest.raises(NoReverseMatch):
        _written("{{ address('no-such-page', key) }}", key=KEY)


def test_days_moments_counts_and_dollars_are_written_as_elsewhere() -> None:
    assert _written("{{ value|day }}", value=date(2026, 9, 5)) == "Sep 5, 2026"
    with timezone.override(ZoneInfo("America/Chicago")):
        assert _written("{{ value|moment }}", value=datetime(2026, 9, 26, 2, 30, tzinfo=UTC)) == "Sep 25, 9:30 PM"
    assert _written("{{ 1|plural('day') }}, {{ 1200|plural('entry,entries') }}") == "1 day, 1,200 entries"
    assert _written("{{ 123456|money }} {{ none|money }}") == "$1,234.56 –"
    assert _written("{{ icon('list') }}").startswith('<svg class="icon" aria-hidden="true"><use href="/static/')


def test_a_page_writes_its_rows_with_all_that_it_was_given(db: None) -> None:
    del db
    page = Template('{% rows "practice/claims/queue_rows.jinja" %}')
    assert page.render(Context({"rows": [], "may_work": True, "is_every_clinic": False})).strip() == ""
    with pytest.raises(jinja2.UndefinedError, match="rows"):
        page.render(Context({"may_work": True}))
