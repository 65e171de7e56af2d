"""A code is billed that the payer's policy does not pay a therapist.

Payers publish codes that they leave to physicians, call unproven, or stopped paying. The line is denied. Medicare
pays needling (20560, 20561) for chronic low back pain alone, and not to therapists.

Not flagged: codes that Medicare's fee schedule itself leaves out (CD108); a line that says with GA, GX, GY or GZ that a
denial is expected; payers whose list has not been read.
Fix: none is proposed; the contract, or a notice that the patient signed beforehand, decides.
"""

from __future__ import annotations

from datetime import date

from cleanclaim.lines.columns import col
from cleanclaim.rules.kit import Rule, Severity, bad, good, lacks_modifier, listed, one_of, unknown
from cleanclaim.sources import Confidence, page

rule = Rule(
    code="CD109",
    name="code-the-payer-does-not-pay-therapists",
    over="lines",
    severity=Severity.DENY,
    coding_terms=True,
    payers="payers with a published list",
    flag=(
        listed(col.code, col.payer_not_payable_codes)
        & (
            (col.payer_kind != "medicare_b")
            | (one_of(col.medicare_status, ["noncovered", "invalid"]).not_() & lacks_modifier("GA", "GX", "GY", "GZ"))
        )
    ),
    message="{code} billed, the payer lists it among the codes that it does not pay a therapist",
    concept="not-payable-by-payer",
    sources=(
        page(
            "CMS",
            "National Coverage Determination 30.3.3, acupuncture for chronic lower back pain",
            "covered for chronic low back pain from 2020-01-21, and who may furnish it",
            read_on=date(2026, 11, 22),
            url="https://www.cms.gov/Medicare-Coverage-Database/view/ncd.aspx?ncdid=373&ncdver=1&doctype=NCD",
        ),
        page(
            "Gawenda Seminars",
            "Does Medicare now pay for dry needling (2020-06-08)",
            "dry needling by therapists and the coverage decision",
            read_on=date(2026, 11, 22),
            url="https://gawendaseminars.com/does-medicare-now-pay-for-dry-needling/",
            confidence=Confidence.SECONDARY,
        ),
        page(
            "UnitedHealthcare",
            "Commercial physical medicine and rehabilitation policy",
            "codes not paid to therapists; evaluations by assistants",
            read_on=date(2026, 11, 21),
            url="https://www.uhcprovider.com",
        ),
        page(
            "Aetna",
            "Telehealth and e-visit policy",
            "98970 to 98972, G2250 to G2252, from 2023-12-01",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
        page(
            "Humana Military",
            "TRICARE coverage of TENS and dry needling has changed",
            "dry needling is unproven and not reimbursed",
            read_on=date(2026, 11, 22),
            url="https://www.humanamilitary.com/beneficiary/benefit-guidance/quick-access/news-and-updates/tens-dn-040720",
        ),
        page(
            "PT Management",
            "Cigna updates its PT coverage policy",
            "not covered",
            read_on=date(2026, 11, 21),
            confidence=Confidence.SECONDARY,
        ),
    ),
    examples=(
        good("""
            visit 2026-03-04 uhc_commercial
              97110 GP x1
        """),
        bad(
            """
            visit 2026-03-04 uhc_commercial
              99213 GP x1
            """,
            at="line 1",
            says="99213 billed, the payer lists it among the codes that it does not pay a therapist",
        ),
        bad(
            """
            visit 2026-03-04 cigna
              97016 GP x1
            """,
            at="line 1",
            says="97016 billed, the payer lists it among the codes that it does not pay a therapist",
        ),
        unknown(
            """
            visit 2026-03-04 va_ccn
              97016 GP x1
            """,
            lacks="payer's file",
        ),
        bad(
            """
            visit 2020-04-07 tricare
              20561 GP x1
            """,
            at="line 1",
            says="20561 billed, the payer lists it among the codes that it does not pay a therapist",
        ),
        unknown(
            """
            visit 2020-04-06 tricare
              20561 GP x1
            """,
            lacks="payer's file",
        ),
        good("""
            visit 2026-03-04 medicare_b
              97016 GP x1
        """),
        bad(
            """
            visit 2026-03-04 medicare_b
              20560 GP x1
            """,
            at="line 1",
            says="20560 billed, the payer lists it among the codes that it does not pay a therapist",
        ),
        bad(
            """
            visit 2020-04-01 medicare_b
              20561 GP KX x1
            """,
            at="line 1",
            says="20561 billed, the payer lists it among the codes that it does not pay a therapist",
        ),
        # Not covered by the fee schedule of that day: CD108 says so.
        good("""
            visit 2020-03-31 medicare_b
              20560 GP x1
        """),
        good("""
            visit 2026-03-04 medicare_b has_abn=true
              20560 GP GY GX x1
        """),
        unknown(
            """
            visit 2027-01-04 medicare_b
              20560 GP x1
            """,
            lacks="fee schedule status",
        ),
    ),
)
