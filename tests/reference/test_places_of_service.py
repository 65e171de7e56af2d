"""Places of service."""

from datetime import date, timedelta

import pytest

from cleanclaim.dates import LookupStatus
from cleanclaim.reference import places_of_service
from cleanclaim.reference.places_of_service import PaymentSetting, TherapistUse
from cleanclaim.reference.reading import TableError
from cleanclaim.sources import Source

FACILITY = {"02", "06", "08", "19", "21", "22", "23", "24", "26", "31", "34", "41", "42", "51", "52", "53", "56", "61"}
PAGE = Source("CMS", "A page", "section 1", date(2026, 11, 21))


def test_places_and_their_payment() -> None:
    places = places_of_service.all_places()
    assert len(places) == 52
    assert {item.code for item in places if item.payment is PaymentSetting.FACILITY} == FACILITY
    assert {item.code for item in places if item.is_telehealth} == {"02", "10"}
    assert len({item.label for item in places}) == 52
    assert places_of_service.table().height == 52


@pytest.mark.parametrize(
    ("code", "use"),
    [
        ("11", TherapistUse.USUAL),
        ("12", TherapistUse.USUAL),
        ("10", TherapistUse.POSSIBLE),
        ("22", TherapistUse.INSTITUTION_BILLS),
        ("31", TherapistUse.INSTITUTION_BILLS),
        ("81", TherapistUse.UNLIKELY),
    ],
)
def test_what_a_therapist_meets(code: str, use: TherapistUse) -> None:
    place = places_of_service.get(code)
    assert place is not None
    assert place.use is use


@pytest.mark.parametrize(("code", "first"), [("10", date(2022, 1, 1)), ("19", date(2016, 1, 1))])
def test_first_days(code: str, first: date) -> None:
    assert places_of_service.on(code, first - timedelta(days=1)).status is LookupStatus.OUTSIDE_DATES
    assert places_of_service.on(code, first).status is LookupStatus.FOUND


def test_unassigned_and_unknown() -> None:
    assert places_of_service.on("28", date(2026, 1, 1)).status is LookupStatus.NOT_LISTED
    assert places_of_service.get("1") is None
    assert places_of_service.on(None, date(2026, 1, 1)).status is LookupStatus.UNKNOWN_KEY
    assert places_of_service.on("11", None).status is LookupStatus.UNKNOWN_KEY


def test_a_wrong_entry_does_not_load() -> None:
    entry = {"label": "L", "payment": "facility", "use": "usual", "source": "page"}
    assert places_of_service.parse("t.toml", {"11": entry}, {"page": PAGE})["11"].valid_from is None
    with pytest.raises(TableError, match=r"^t.toml: 11: unknown key 'color'$"):
        places_of_service.parse("t.toml", {"11": entry | {"color": "x"}}, {"page": PAGE})
    with pytest.raises(TableError, match=r"^t.toml: 1: expected a table named by a two-digit place of service$"):
        places_of_service.parse("t.toml", {"1": entry}, {"page": PAGE})
