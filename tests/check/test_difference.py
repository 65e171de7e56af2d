"""Two checks held against each other: by claim, rule and place, with counts and dollars."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from cleanclaim.check.difference import Changed, Placed, RuleDifference, by_rule, compare

ONE = Placed("a.csv", "C1", date(2026, 3, 4), "UN101", "day", "3 timed units", 2_000)
OTHER = replace(ONE, claim="C2", cents=500)
UNPRICED = replace(ONE, claim="C3", cents=None)


def test_equal_checks_do_not_differ_whatever_their_order() -> None:
    found = compare([ONE, OTHER, UNPRICED], [UNPRICED, ONE, OTHER])
    assert (found.is_empty, found.same, by_rule(found)) == (True, 3, [])


def test_what_comes_goes_and_changes() -> None:
    said = replace(OTHER, message="4 timed units", cents=700)
    gone = replace(ONE, rule="MD101", place="line 1")
    found = compare([gone, OTHER, UNPRICED], [ONE, said, UNPRICED])
    assert (found.added, found.removed, found.changed, found.same) == ((ONE,), (gone,), (Changed(OTHER, said),), 1)
    assert not found.is_empty
    assert by_rule(found) == [
        RuleDifference("MD101", 0, 1, 0, -2_000, 0),
        RuleDifference("UN101", 1, 0, 1, 2_000 + 200, 0),
    ]


def test_any_part_of_the_place_tells_findings_apart() -> None:
    for other in (
        replace(ONE, file="b.csv"),
        replace(ONE, claim="C9"),
        replace(ONE, day=None),
        replace(ONE, rule="UN102"),
        replace(ONE, place="line 1"),
    ):
        found = compare([ONE], [other])
        assert (found.added, found.removed, found.changed) == ((other,), (ONE,), ())


def test_an_amount_alone_is_a_change_and_an_unknown_one_is_counted_apart() -> None:
    dearer, unknown = replace(ONE, cents=2_500), replace(ONE, cents=None)
    assert by_rule(compare([ONE], [dearer])) == [RuleDifference("UN101", 0, 0, 1, 500, 0)]
    assert by_rule(compare([ONE], [unknown])) == [RuleDifference("UN101", 0, 0, 1, 0, 1)]
    assert by_rule(compare([unknown], [ONE])) == [RuleDifference("UN101", 0, 0, 1, 0, 1)]
    assert by_rule(compare([UNPRICED], [])) == [RuleDifference("UN101", 0, 1, 0, 0, 1)]


def test_several_findings_at_one_place_are_paired_equal_ones_first() -> None:
    second, third = replace(ONE, message="second"), replace(ONE, message="third")
    assert compare([ONE, second], [second, ONE]).is_empty
    found = compare([ONE, second], [third, second, ONE])
    assert (found.same, found.added, found.changed) == (2, (third,), ())
    found = compare([ONE, second], [third])
    assert (found.changed, found.removed) == ((Changed(ONE, third),), (second,))
