"""Parsed claims into tables: what the file witnesses, and what stays unknown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from cleanclaim.x12 import ControlNumbers, Envelope, ParsedClaim, ParsedPayer, file_837p, read_837p
from cleanclaim.x12.claim_tables import ClaimTables, payer_file, tables_of_claims
from tests.x12.claim_generator import SUBMITTER, claims

ON = date(2026, 3, 8)


def parsed() -> list[ParsedClaim]:
    envelope = Envelope(SUBMITTER, "Receiver", "RECEIVER1")
    made = claims(6, seed=3)
    data = file_837p(made, envelope=envelope, control=ControlNumbers(), created=datetime(2026, 3, 6, tzinfo=UTC)).data
    found, problems = read_837p(data)
    assert problems == []
    return found


def laid(*given: ParsedClaim) -> ClaimTables:
    return tables_of_claims(given, as_of=ON)


def test_lines_are_those_of_the_claim() -> None:
    one = parsed()[0]
    days = {line.date_of_service for line in one.lines}
    found = laid(one)
    assert found.tables.claims.height == len(days)
    assert found.tables.lines.height == len(one.lines)
    assert sorted(found.line_segments) == sorted(line.segment for line in one.lines)
    by_number = {row["line_number"]: row for row in found.tables.lines.iter_rows(named=True)}
    for place, line in enumerate(one.lines, start=1):
        row = by_number[place]
        assert (row["code"], row["units"], row["charge_cents"]) == (line.code, line.units, line.charge_cents)
        assert (row["modifiers"], row["pointers"]) == (list(line.modifiers), list(line.pointers))


def test_what_a_claim_cannot_witness_is_unknown() -> None:
    row = laid(parsed()[0]).tables.claims.row(0, named=True)
    unknown = (
        "has_plan_of_care",
        "has_order",
        "has_abn",
        "note_text",
        "in_network",
        "ytd_at_least_cents",
        "visit_kind",
    )
    assert {name: row[name] for name in unknown} == dict.fromkeys(unknown)
    assert (row["knows_services"], row["knows_history"], row["knows_diagnoses"]) == (False, False, True)


def test_names_policy_and_street_are_those_of_the_file() -> None:
    one = parsed()[0]
    assert one.payer is not None
    assert one.billing is not None
    assert one.billing.address is not None
    address = replace(one.billing.address, line1="40 Millrace Way", line2="Suite 2")
    holder = replace(one.billing, name="Rowan", is_person=True)
    theirs = replace(
        one,
        billing=replace(one.billing, address=address),
        patient=replace(holder, name="Ashgrove", given_name="Maren"),
        payer=replace(one.payer, relationship="19", subscriber=holder),
    )
    row = laid(theirs).tables.claims.row(0, named=True)
    assert (row["patient_family_name"], row["patient_given_name"]) == ("Ashgrove", "Maren")
    assert (row["has_coverage"], row["relationship"], row["subscriber_family_name"]) == (True, "child", "Rowan")
    assert (row["billing_street"], row["billing_street_longest"]) == ("40 Millrace Way Suite 2", 15)
    assert (row["evaluation_components_absent"], row["lists_services"]) == (None, None)
    lost = laid(replace(one, payer=None, billing=None, patient=None)).tables.claims.row(0, named=True)
    names = ("has_coverage", "relationship", "subscriber_family_name", "patient_family_name", "billing_street")
    assert {name: lost[name] for name in names} == dict.fromkeys(names)


def test_absent_authorization_and_referral_are_known_to_be_absent() -> None:
    one = replace(parsed()[0], prior_authorization="", referring=None, lines=())
    row = laid(one).tables.claims.row(0, named=True)
    assert (row["has_authorization"], row["authorization_number"]) == (False, "")
    assert (row["referring_npi"], row["referring_credential"]) == ("", "")
    row = laid(replace(one, prior_authorization="A1")).tables.claims.row(0, named=True)
    assert (row["has_authorization"], row["authorization_number"]) == (True, "A1")


def test_two_days_of_one_claim_are_two_rows_without_a_total() -> None:
    one = parsed()[0]
    line = one.lines[0]
    later = replace(line, date_of_service=date(2026, 3, 9), segment=line.segment + 100)
    found = laid(replace(one, lines=(line, later)))
    assert found.tables.claims["date_of_service"].to_list() == [line.date_of_service, date(2026, 3, 9)]
    assert found.tables.claims["total_charge_cents"].to_list() == [None, None]
    assert found.tables.lines["line_number"].to_list() == [1, 2]
    assert len(set(found.tables.claims["claim_key"].to_list())) == 1


def test_discipline_from_modifiers_else_taxonomy() -> None:
    one = parsed()[0]
    line = one.lines[0]
    rendering = one.rendering or one.billing
    assert rendering is not None
    pt = replace(rendering, taxonomy="225100000X")
    bare = replace(one, rendering=pt, lines=(replace(line, modifiers=(), rendering=None),))
    row = laid(bare).tables.claims.row(0, named=True)
    assert (row["discipline"], row["rendering_credential"]) == ("PT", "PT")
    speech = replace(bare, lines=(replace(line, modifiers=("GN",), rendering=None),))
    assert laid(speech).tables.claims["discipline"].to_list() == ["SLP"]
    unknown = replace(bare, rendering=replace(pt, taxonomy=""))
    assert laid(unknown).tables.claims["discipline"].to_list() == [None]


def test_payer_is_told_only_where_it_is_certain() -> None:
    assert payer_file(ParsedPayer(name="Any contractor", filing_indicator="MB"), {}) == "medicare_b"
    assert payer_file(ParsedPayer(name="AETNA, COMMERCIAL", filing_indicator="CI"), {}) == "aetna"
    assert payer_file(ParsedPayer(name="Some plan", filing_indicator="CI"), {}) is None
    assert payer_file(None, {}) is None
    one = replace(parsed()[0], payer=ParsedPayer(name="Some plan", filing_indicator="CI"))
    found = tables_of_claims([one], as_of=ON, default_payer="cigna")
    assert set(found.tables.claims["payer"].to_list()) == {"cigna"}


def test_one_patient_of_two_claims_is_one() -> None:
    one = parsed()[0]
    found = laid(one, replace(one, id="X2"))
    assert len(set(found.tables.claims["patient_id"].to_list())) == 1
    other = laid(one, replace(one, id="X2", patient=None))
    assert len(set(other.tables.claims["patient_id"].to_list())) == 2
