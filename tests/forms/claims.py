"""Synthetic claims for the forms' tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from cleanclaim.records import Claim

PATIENT: dict[str, Any] = {
    "name": {"family_name": "Colewood", "given_name": "Harriet", "middle_name": "Ann"},
    "birth_date": date(1948, 5, 2),
    "sex": "F",
    "address": {
        "line1": "12 N. Larch St.",
        "line2": "Apt #4",
        "city": "Chicago",
        "state": "IL",
        "zip_code": "606160101",
    },
    "phone": "(312) 555-0101",
}
MEDICARE: dict[str, Any] = {
    "pack": "medicare_b",
    "name": "Medicare Part B",
    "identifier": "SYNMB01",
    "filing_indicator": "MB",
    "order": "primary",
    "member_id": "1EG4-TE5-MK73",
}
COMMERCIAL: dict[str, Any] = {
    "pack": "larkspur_mutual",
    "name": "Larkspur Mutual",
    "identifier": "SYNLM01",
    "filing_indicator": "CI",
    "order": "primary",
    "member_id": "LM 555-0101",
    "group_number": "G-7788",
    "plan_name": "Larkspur Choice",
    "relationship": "spouse",
    "subscriber": {
        "name": {"family_name": "Colewood", "given_name": "Desmond", "suffix": "Jr."},
        "birth_date": date(1946, 11, 30),
        "sex": "M",
        "address": {"line1": "98 Elm Ct", "city": "Evanston", "state": "IL", "zip_code": "60201"},
    },
    "address": {"line1": "PO Box 9", "city": "Peoria", "state": "IL", "zip_code": "61602"},
    "claim_number": "PC-001-77",
}
SECOND: dict[str, Any] = {
    "pack": "second",
    "name": "Stonegate Health",
    "identifier": "SYNSG01",
    "filing_indicator": "CI",
    "order": "secondary",
    "member_id": "SG99",
    "group_number": "GRP5",
}


def line(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "number": number,
        "date_of_service": date(2026, 9, 14),
        "place_of_service": "11",
        "code": "97110",
        "modifiers": ("GP", "KX", "CQ", "59"),
        "units": 2,
        "charge_cents": 12050,
        "pointers": (1, 2, 3, 4),
    } | changes


def claim(**changes: Any) -> Claim:
    """A Medicare claim of two lines; every change replaces a whole field."""
    return Claim.model_validate(
        {
            "id": "V0014",
            "visit_ids": ("V0014",),
            "patient": PATIENT,
            "payer": MEDICARE,
            "billing": {
                "id": "millrace",
                "name": "Millrace Physical Therapy",
                "npi": "1999000007",
                "tax_id": "00-1234567",
                "taxonomy": "261QP2000X",
                "address": {
                    "line1": "40 Millrace Way",
                    "line2": "Suite 2",
                    "city": "Chicago",
                    "state": "IL",
                    "zip_code": "60616-0140",
                },
                "phone": "312-555-0100",
                "contact": "Joan Ferris",
            },
            "rendering": {
                "id": "okafor",
                "name": {"family_name": "Okafor", "given_name": "Adaeze"},
                "credential": "PT",
                "npi": "1999000015",
                "taxonomy": "225100000X",
                "license_number": "070990001",
                "license_state": "IL",
            },
            "referring": {
                "name": {"family_name": "O'Adeyemi", "given_name": "Samuel", "middle_name": "Kofi"},
                "credential": "MD",
                "npi": "1999000122",
            },
            "place_of_service": "11",
            "diagnoses": ("Z47.1", "Z96.651", "M25.661", "R26.89"),
            "lines": (line(), line(2, code="97140", modifiers=("GP",), units=1, charge_cents=6000, pointers=(3,))),
            "onset_on": date(2026, 8, 11),
            "initial_treatment_on": date(2026, 9, 2),
        }
        | changes
    )


def full_claim(**changes: Any) -> Claim:
    """A commercial claim that fills every box the form has a use for."""
    return claim(
        **{
            "payer": COMMERCIAL,
            "other_payers": (SECOND,),
            "diagnoses": tuple(f"M25.5{place:02d}" for place in range(1, 13)),
            "lines": tuple(line(number, pointers=(number, 12)) for number in range(1, 7)),
            "frequency": "7",
            "original_reference": "2026ABC0001",
            "prior_authorization": "AUTH-2026-77",
            "accident": {"kind": "auto", "on": date(2026, 8, 10), "state": "IN"},
            "facility": {"line1": "1 Pool Rd", "city": "Cicero", "state": "IL", "zip_code": "60804"},
            "facility_name": "Millrace Aquatic",
            "facility_npi": "1999000056",
            "patient_paid_cents": 2500,
            "note": "Treated after motor-vehicle accident",
        }
        | changes
    )
