"""What a line said of an advance notice decides who bears a denial as not covered, and shows a payer's contradiction."""

from __future__ import annotations

import pytest

from cleanclaim.denials.strategy import Sending
from cleanclaim.reference.denials import Chance, Route
from tests.denials.test_strategy import done


@pytest.mark.parametrize(
    ("text", "modifiers", "route", "says"),
    [
        ("PR-50", ("GP", "GA"), Route.PATIENT, "the patient was told before care"),
        ("CO-50", ("GP", "GA"), Route.REOPENING, "leaves to the clinic what GA gives to the patient"),
        ("CO-50", ("GP", "GZ"), Route.GIVE_UP, "GZ said that no notice was signed: the clinic bears it."),
        ("PR-50", ("GP", "GZ"), Route.GIVE_UP, "The payer names the patient, against the claim."),
        ("PR-96", ("GP", "GY"), Route.PATIENT, "GY: the patient was told before care or the law"),
        ("CO-204", ("GP", "GY", "GX"), Route.REOPENING, "what GY gives to the patient"),
        ("CO-50", ("GP",), Route.APPEAL, ""),
    ],
)
def test_who_bears_it(text: str, modifiers: tuple[str, ...], route: Route, says: str) -> None:
    found = done(text, "medicare_b", modifiers=modifiers)

    assert (found.route, says in found.because) == (route, True)
    assert (found.sending is Sending.REOPENING) == (route is Route.REOPENING)
    assert (found.chance is Chance.NONE, found.may_appeal) == (route is Route.GIVE_UP, route is not Route.GIVE_UP)


def test_other_reasons_and_other_payers_are_as_ever() -> None:
    for text, payer in (("CO-18", "medicare_b"), ("CO-50", "medicare_advantage")):
        with_it, without = (done(text, payer, modifiers=carried) for carried in (("GP", "GA"), ("GP",)))
        assert (with_it.route, with_it.because) == (without.route, without.because)
