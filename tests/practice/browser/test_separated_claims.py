"""A claim that its payer separated, without saying so: a person puts both parts onto it, at a desk and on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from cleanclaim.money import dollars, plain
from cleanclaim.x12 import ParsedClaim
from tests.practice.browser.conftest import DESKTOP, PHONE, SignIn, problems_of
from tests.practice.browser.test_money_journey import CLINIC, release


def notices_file(claim: ParsedClaim) -> bytes:
    """Each line of a claim on a notice of its own, paid half; the patient is said to have paid $40.00 on each."""
    paid, told = 0, []
    for line in claim.lines:
        cents = line.charge_cents or 0
        half = cents // 2
        paid += half
        code = ":".join(("HC", line.code, *line.modifiers))
        told.append(
            f"CLP*{claim.id}*1*{plain(cents)}*{plain(half)}**12*UH{line.control_number}~NM1*QC*1*SOMEBODY*X~AMT*F5*40~"
            f"SVC*{code}*{plain(cents)}*{plain(half)}**{line.units}~DTM*472*20260921~"
            f"CAS*CO*45*{plain(cents - half)}~REF*6R*{line.control_number}~"
        )
    body = (
        f"ST*835*0001~BPR*I*{plain(paid)}*C*ACH************20260925~TRN*1*EFT801*1512345678~"
        f"N1*PR*UNITEDHEALTHCARE~N1*PE*HERON LAKE*XX*1999010006~LX*1~{''.join(told)}"
    )
    return (
        "ISA*00*          *00*          *ZZ*SIMUH01        *ZZ*HERONLAKE1     *260925*0900*^*00501*000000801*0*P*:~"
        "GS*HP*SIMUH01*HERONLAKE1*20260925*0900*1*X*005010X221A1~"
        f"{body}SE*{body.count('~') + 1}*0001~GE*1*1~IEA*1*000000801~"
    ).encode()


@pytest.mark.browser
@pytest.mark.slow
def test_both_parts_are_put_onto_the_claim(sign_in: SignIn, tmp_path: Path) -> None:
    page = sign_in("Marcus Doyle Biller at Heron Lake")
    page.goto(f"{CLINIC}/claims/?status=ready&payer=uhc_commercial")
    page.locator("table a.code").last.click()
    address = page.url
    claim = release(page)
    assert len(claim.lines) > 1
    where = tmp_path / "parts.835"
    where.write_bytes(notices_file(claim))
    page.goto(f"{CLINIC}/payments/")
    page.get_by_label("Remittance file (835)").set_input_files(where)
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Post 1 payment").click()
    for place, line in enumerate(claim.lines):
        page.set_viewport_size({"width": (DESKTOP, PHONE)[place % 2], "height": 900})
        page.goto(f"{CLINIC}/payments/held/")
        part = page.locator("section.panel").filter(has_text=f"UH{line.control_number}")
        expect(part.get_by_text("the answer is of a part of it")).to_be_visible()
        assert problems_of(page) == []
        part.get_by_role("button", name="Put it there").first.click()
        expect(page.get_by_text(f"put onto claim {claim.id}")).to_be_visible()
    for width in (PHONE, DESKTOP):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(address)
        expect(page.get_by_text("The payer says that the patient paid $40.00").first).to_be_visible()
        expect(page.get_by_text("Look for the other $40.00").first).to_be_visible()
        for line in claim.lines:
            half = (line.charge_cents or 0) // 2
            expect(page.get_by_text(dollars(half)).first).to_be_visible()
        assert problems_of(page) == []
