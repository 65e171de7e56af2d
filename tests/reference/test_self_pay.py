"""The limits of a patient's choice not to use insurance are told for their payers, each with its source."""

from __future__ import annotations

from cleanclaim.reference.self_pay import limits, limits_for


def test_medicare_and_medicaid_have_limits_of_their_own() -> None:
    told = {kind: [one.name for one in limits_for({kind})] for kind in ("commercial", "medicare_b", "medicaid")}

    assert told == {
        "commercial": ["in_full"], "medicare_b": ["in_full", "medicare", "therapists"],
        "medicaid": ["in_full", "medicaid"],
    }  # fmt: skip
    assert [one.name for one in limits_for(set())] == ["in_full"]
    assert [one.source.confidence.value for one in limits()] == [
        "secondary", "secondary", "secondary", "memory", "memory",
    ]  # fmt: skip
