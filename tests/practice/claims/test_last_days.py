"""Why a claim's last day is not known, and where what is missing is entered."""

from __future__ import annotations

from datetime import date

import pytest

from cleanclaim.practice.engine.claims.last_days import FilingTerms, Lack
from cleanclaim.practice.models import Clinic, ClinicPayer

pytestmark = pytest.mark.django_db
ON = date(2026, 9, 21)


@pytest.mark.parametrize(
    ("payer", "order", "in_network", "lack"),
    [
        ("", "primary", None, Lack.NO_PAYER),
        ("nobody_knows_it", "primary", True, Lack.NO_FILE),
        ("cash", "primary", None, Lack.NO_LIMIT),
        ("medicare_advantage", "primary", True, Lack.NOT_STATED),
        ("aetna", "secondary", True, Lack.PAYER_BEFORE),
        ("medicaid_tx", "primary", None, Lack.NETWORK),
        ("medicaid_tx", "primary", False, Lack.OTHER_NETWORK),
    ],
)
def test_what_is_missing(inside: Clinic, payer: str, order: str, in_network: bool | None, lack: Lack) -> None:  # noqa: FBT001 - a case
    assert FilingTerms.of(inside).lack(payer, ON, order=order, in_network=in_network) is lack


def test_the_clinics_own_word_on_its_network_counts_where_the_coverage_says_nothing(inside: Clinic) -> None:
    ClinicPayer.objects.create(clinic=inside, payer="medicaid_tx", name="Texas Medicaid", in_network=False)
    terms = FilingTerms.of(inside)
    assert terms.lack("medicaid_tx", ON, order="primary", in_network=None) is Lack.OTHER_NETWORK


def test_a_file_of_the_clinics_own_states_the_limit(inside: Clinic) -> None:
    assert FilingTerms.of(inside).lack("larkspur_mutual", ON, order="secondary", in_network=True) is Lack.PAYER_BEFORE
