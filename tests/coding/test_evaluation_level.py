"""The level of an evaluation: every component met, the lowest governs; an unknown component is a question."""

from __future__ import annotations

import pytest

from cleanclaim.coding import evaluation_level, read_evaluation
from cleanclaim.records import DecisionMaking, EvaluationFindings, Presentation


def findings(
    factors: int | None, elements: int | None, presentation: str | None, decisions: str | None
) -> EvaluationFindings:
    return EvaluationFindings(
        history_factors=factors,
        elements_examined=elements,
        presentation=Presentation(presentation) if presentation else None,
        decision_making=DecisionMaking(decisions) if decisions else None,
    )


# Derived from the table of the CY2017 Medicare fee schedule final rule (Table 23, read in reprints).
@pytest.mark.parametrize(
    ("factors", "elements", "presentation", "decisions", "code"),
    [
        (0, 2, "stable", "low", "97161"),
        (2, 3, "evolving", "moderate", "97162"),
        (3, 4, "unstable", "high", "97163"),
        (3, 4, "evolving", "high", "97162"),
        (0, 4, "unstable", "high", "97161"),
        (3, 3, "unstable", "high", "97162"),
        (1, 2, "evolving", "moderate", "97161"),
        # Both sides of each boundary, one component at a time.
        (1, 4, "unstable", "high", "97162"),
        (2, 4, "unstable", "high", "97162"),
        (3, 2, "unstable", "high", "97161"),
        (4, 5, "unstable", "moderate", "97162"),
        (4, 5, "unstable", "low", "97161"),
        (4, 5, "stable", "high", "97161"),
        (0, 1, "stable", "low", "97161"),
        (0, 0, "stable", "low", "97161"),
        (5, 9, "unstable", "high", "97163"),
    ],
)
def test_the_lowest_component_governs(
    factors: int, elements: int, presentation: str, decisions: str, code: str
) -> None:
    level = evaluation_level(findings(factors, elements, presentation, decisions))
    assert level.code == level.at_least == level.at_most == code
    assert level.missing == ()
    assert level.question == ""
    assert code in level.explanation


def test_the_governing_component_is_named() -> None:
    level = evaluation_level(findings(3, 4, "evolving", "high"))
    assert level.governing == ("presentation",)
    assert level.explanation == (
        "3 history factors; 4 elements examined; evolving presentation; high decision making: "
        "the lowest component governs, clinical presentation, so 97162."
    )
    assert evaluation_level(findings(1, 3, "unstable", "high")).governing == ("history_factors", "elements_examined")


@pytest.mark.parametrize(
    ("given", "missing", "at_most"),
    [
        ((None, 4, "unstable", "high"), ("history_factors",), "97163"),
        ((3, None, "unstable", "high"), ("elements_examined",), "97163"),
        ((3, 4, None, "high"), ("presentation",), "97163"),
        ((3, 4, "unstable", None), ("decision_making",), "97163"),
        ((1, 4, "unstable", None), ("decision_making",), "97162"),
        ((0, None, "stable", None), ("elements_examined", "decision_making"), "97161"),
        (
            (None, None, None, None),
            ("history_factors", "elements_examined", "presentation", "decision_making"),
            "97163",
        ),
    ],
)
def test_an_unknown_component_is_a_question(
    given: tuple[int | None, int | None, str | None, str | None], missing: tuple[str, ...], at_most: str
) -> None:
    level = evaluation_level(findings(*given))
    assert level.code is None
    assert level.missing == missing
    assert (level.at_least, level.at_most) == ("97161", at_most)
    assert level.question.endswith("?")


@pytest.mark.parametrize(
    ("text", "factors", "elements", "presentation", "decisions"),
    [
        (
            "Comorbidities affecting plan of care: DM, HTN and obesity. 4 elements examined. Unstable presentation. High complexity decision making.",
            3, 4, "unstable", "high",
        ),
        ("No personal factors or comorbidities; 2 elements; stable presentation; decision making low.", 0, 2, "stable", "low"),
        ("2 comorbidities impacting care, evolving clinical presentation", 2, None, "evolving", None),
        ("3+ personal factors. Clinical presentation is unstable and unpredictable.", 3, None, "unstable", None),
        ("PMH: DM, HTN, CAD", None, None, None, None),
        ("Knee is stable to varus stress.", None, None, None, None),
        ("Body functions: ROM, strength; Activity limitations: stairs; Participation restrictions: none", None, 3, None, None),
        ("1-2 elements", None, None, None, None),
    ],
)  # fmt: skip
def test_components_are_read_where_they_are_stated(
    text: str, factors: int | None, elements: int | None, presentation: str | None, decisions: str | None
) -> None:
    reading = read_evaluation(text)
    assert reading.findings == findings(factors, elements, presentation, decisions)
    for item in (*reading.factors, *reading.elements):
        assert text[item.start : item.end] == item.value


def test_a_stated_level_is_kept_apart_from_the_components() -> None:
    reading = read_evaluation("PT moderate complexity evaluation completed")
    assert reading.stated_level is not None
    assert reading.stated_level.value == "97162"
    assert reading.findings == EvaluationFindings()


PROSE = (
    "Two personal factors bear on the plan: neuropathy, poor sight. So: impairments of strength, sensation and balance, "
    "limits in walking and floor transfer, and loss of community outings. Clinical presentation is evolving. "
    "Decision making of moderate complexity."
)


def test_components_told_in_prose_are_counted() -> None:
    found = read_evaluation(PROSE)
    assert (found.findings.history_factors, found.findings.elements_examined) == (2, 6)
    assert evaluation_level(found.findings).code == "97162"
    assert [item.value for item in found.elements] == [
        "strength", "sensation", "balance", "walking", "floor transfer", "community outings",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "factors", "elements", "code"),
    [
        ("Healthy, nothing affecting plan. 2 elements: hip strength, running. PFPS, stable, uncomplicated. Low complexity.",
         0, 2, "97161"),
        (("Four comorbidities affect the plan: a, b, c, d. Exam - elements: (1) strength 2+; (2) sensation; (3) balance; "
         "(4) gait; (5) bathing; (6) church. Presentation unstable and unpredictable. Decision making high complexity."),
         4, 6, "97163"),
        ("2 factors affect plan: DM2, obesity. 4 elements: knee. Evolving: swelling changes. Moderate complexity decision making.",
         2, 4, "97162"),
        ("Leg strength better, limited by loss of balance and limits in walking.", None, None, None),
    ],
)  # fmt: skip
def test_components_in_short_notes(text: str, factors: int | None, elements: int | None, code: str | None) -> None:
    found = read_evaluation(text).findings
    assert (found.history_factors, found.elements_examined) == (factors, elements)
    assert evaluation_level(found).code == code
