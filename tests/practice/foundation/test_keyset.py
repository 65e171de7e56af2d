"""Parts of a long list: every row once, from both ends, in every order, whatever leaves or comes meanwhile."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db.models import QuerySet

from cleanclaim.practice.keyset import By, window
from cleanclaim.practice.models import Claim, Clinic

DUE = (By("due_on", nullable=True), By("allowed_cents", descending=True), By("number"), By("pk"))
"""Alike in the first columns, unknown in some, unlike in the last."""
ORDERS = [
    DUE,
    (By("due_on", descending=True, nullable=True), By("pk")),
    (By("allowed_cents"), By("number", descending=True)),
    (By("number"),),
]


@pytest.fixture
def rows(inside: Clinic) -> QuerySet[Claim]:
    """Twenty-three claims: last days three at a time, every fifth unknown, dollars two at a time."""
    keys = list(Claim.objects.order_by("number").values_list("pk", flat=True)[:23])
    for place, key in enumerate(keys):
        due = None if place % 5 == 0 else date(2026, 10, 1) + timedelta(days=place // 3)
        Claim.objects.filter(pk=key).update(due_on=due, allowed_cents=place // 2)
    assert inside.slug == "millrace"
    found: QuerySet[Claim] = Claim.objects.filter(pk__in=keys)
    return found


def _expected(rows: QuerySet[Claim], order: tuple[By, ...]) -> list[str]:
    """The numbers in the order, sorted by Python, one column after the other from the last."""
    found = list(rows)
    for column in reversed(order):
        known = [row for row in found if getattr(row, column.name) is not None]
        known.sort(key=lambda row: getattr(row, column.name), reverse=column.descending)
        found = known + [row for row in found if getattr(row, column.name) is None]
    return [row.number for row in found]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("size", [1, 4, 22, 23, 24])
def test_every_row_comes_once_there_and_back(rows: QuerySet[Claim], order: tuple[By, ...], size: int) -> None:
    expected = _expected(rows, order)
    page = window(rows, order, {}, size)
    there, first = [row.number for row in page], page
    while page.has_next:
        assert (page.first, page.last) == (len(there) - len(page) + 1, len(there))
        page = window(rows, order, {"after": str(page.last_key), "at": str(page.last)}, size)
        there += [row.number for row in page]
    assert there == expected
    assert page.last == 23
    back = [row.number for row in page]
    while page.has_previous:
        page = window(rows, order, {"before": str(page.first_key), "at": str(page.before)}, size)
        assert page.has_next
        back = [row.number for row in page] + back
    assert back == expected
    assert [row.number for row in page] == [row.number for row in first]
    assert first.has_previous is False


def test_what_leaves_a_list_shifts_nothing(rows: QuerySet[Claim]) -> None:
    """A claim that was filed from the first part leaves the list; the second part begins where it began."""
    open_ = rows.exclude(status="submitted")
    first = window(open_, DUE, {}, 5)
    second = window(open_, DUE, {"after": str(first.last_key), "at": "5"}, 5)
    Claim.objects.filter(pk__in=[row.pk for row in first]).update(status="submitted")
    gone = window(open_, DUE, {"after": str(first.last_key), "at": "5"}, 5, among=rows)
    assert [row.pk for row in gone] == [row.pk for row in second]
    assert [row.pk for row in window(open_, DUE, {"after": str(first.last_key)}, 5)] == [row.pk for row in second]


@pytest.mark.parametrize(
    "asked",
    [{"after": "x"}, {"before": ""}, {"after": "00000000-0000-0000-0000-000000000000", "at": "90"}, {"at": "7"}],
)
def test_a_row_that_is_not_there_is_the_beginning(rows: QuerySet[Claim], asked: dict[str, str]) -> None:
    page = window(rows, DUE, asked, 5)
    assert [row.number for row in page] == _expected(rows, DUE)[:5]
    assert (page.first, page.last, page.has_previous) == (1, 5, False)


@pytest.mark.parametrize("at", ["-1", "١", "9" * 12, "x", ""])
def test_a_wild_number_is_none(rows: QuerySet[Claim], at: str) -> None:
    first = window(rows, DUE, {}, 5)
    assert window(rows, DUE, {"after": str(first.last_key), "at": at}, 5).before == 0


def test_an_empty_list(rows: QuerySet[Claim]) -> None:
    page = window(rows.none(), DUE, {}, 5)
    assert (len(page), page.first, page.last, page.has_next, page.first_key, page.last_key) == (
        0,
        0,
        0,
        False,
        None,
        None,
    )
