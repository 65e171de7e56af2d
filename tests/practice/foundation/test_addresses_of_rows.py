"""The `url` tag of lists writes what Django's own writes, for every kind of argument."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch, reverse

KEY, OTHER = UUID("2b1f0c9e-6f0a-4a55-9d4e-0f6b1c2d3e4f"), UUID("9d3b7a10-1111-4222-8333-444455556666")


def _written(tag: str, **names: object) -> str:
    return Template(f"{{% {tag} %}}").render(Context(names))


@pytest.mark.parametrize("key", [KEY, OTHER, uuid4()])
def test_rows_of_one_list_have_each_their_own_address(key: UUID) -> None:
    assert _written("url 'claim' slug key", slug="millrace", key=key) == f"/c/millrace/claims/{key}/"
    assert _written("url 'claim' slug key", slug="elsewhere", key=key) == f"/c/elsewhere/claims/{key}/"


def test_two_keys_in_one_address_keep_their_places() -> None:
    found = _written("url 'claim_fix' slug key other", slug="millrace", key=KEY, other=OTHER)
    assert found == reverse("claim_fix", args=["millrace", KEY, OTHER])
    assert found.index(str(KEY)) < found.index(str(OTHER))


def test_an_address_without_a_key_at_its_end_is_djangos() -> None:
    assert _written("url 'claims' slug", slug="millrace") == "/c/millrace/claims/"
    assert _written("url 'claim' slug key", slug="millrace", key=str(KEY)) == f"/c/millrace/claims/{KEY}/"
    assert _written("url 'claim' slug=slug key=key", slug="millrace", key=KEY) == f"/c/millrace/claims/{KEY}/"
    assert _written("url 'claim' slug key as there", slug="millrace", key=KEY) == ""


@pytest.mark.parametrize(
    ("name", "slug"), [("no-such-page", "millrace"), ("claim", "not a slug"), ("claims", "millrace")]
)
def test_an_address_that_there_is_not_is_refused(name: str, slug: str) -> None:
    with pytest.raises(NoReverseMatch):
        _written("url name slug key", name=name, slug=slug, key=KEY)
