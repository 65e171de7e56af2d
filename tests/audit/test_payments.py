"""What payment files of an archive paid for its claims, each payment once and to the claim it is for."""

from __future__ import annotations

import polars as pl

from cleanclaim.audit.payments import PAYMENTS, payments_of, with_paid
from cleanclaim.x12.columnar.reader import read_blocks
from tests.audit.made import CLINIC, OTHER_CLINIC, claims_frame

ADVICE = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         *261116*1200*^*00501*{control}*0*T*:~"
    "GS*HP*PAYER*CLINIC*20261116*1200*1*X*005010X221A1~ST*835*0001~"
    "BPR*I*50*C*ACH*CCP*01*111000025*DA*1*1512345678**01*111000025*DA*2*20261116~TRN*1*{trace}*1512345678~"
    "DTM*405*20261116~N1*PR*PAYER~N1*PE*CLINIC*XX*{payee}~LX*1~CLP*C1*1*200*50*0*MC*P1~NM1*QC*1*DOE*JO~"
    "SE*10*0001~GE*1*1~IEA*1*{control}~"
)


def advice(file: int, *, trace: str = "T1", payee: str = CLINIC, control: str = "000000001") -> pl.DataFrame:
    """The payments of one file that pays claim C1 $50."""
    text = ADVICE.format(trace=trace, payee=payee, control=control)
    return pl.concat([payments_of(block, file) for block in read_blocks(text.encode())])


def paid(claims: pl.DataFrame, *payments: pl.DataFrame) -> list[int | None]:
    every = pl.concat([pl.DataFrame(schema=PAYMENTS), *payments])
    return with_paid(claims, every).get_column("paid_cents").to_list()


def test_a_payment_is_for_the_claim_with_its_number() -> None:
    assert paid(claims_frame([{}, {}]), advice(0)) == [5_000, None]


def test_a_remittance_in_two_envelopes_counts_once_and_another_beside_it() -> None:
    claims = claims_frame([{}])
    assert paid(claims, advice(0), advice(1, control="000000002")) == [5_000]
    assert paid(claims, advice(0), advice(1, trace="T2")) == [10_000]
    assert paid(claims, advice(0, trace=""), advice(1, trace="")) == [10_000]


def test_numbers_are_a_clinics_own() -> None:
    claims = claims_frame([{"claim": "C1"}, {"claim": "C1", "billing_npi": OTHER_CLINIC}])
    assert paid(claims, advice(0, payee=OTHER_CLINIC)) == [None, 5_000]
    assert paid(claims_frame([{}]), advice(0, payee=OTHER_CLINIC)) == [None]


def test_of_claims_with_one_number_the_first_has_the_payment() -> None:
    assert paid(claims_frame([{"claim": "C1"}, {"claim": "C1"}]), advice(0)) == [5_000, None]


def test_a_payee_without_a_number_is_met_where_only_one_clinic_has_the_claims_number() -> None:
    to_nobody = advice(0).with_columns(pl.lit(None, pl.String).alias("payee_npi"))
    alone = claims_frame([{}])
    assert paid(alone, to_nobody) == [5_000]
    assert paid(claims_frame([{"claim": "C1"}, {"claim": "C1", "billing_npi": OTHER_CLINIC}]), to_nobody) == [None] * 2
    assert paid(claims_frame([{"billing_npi": None}]), advice(0)) == [5_000]
