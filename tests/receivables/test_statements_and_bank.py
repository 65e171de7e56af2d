"""What a statement says and when it is sent; what a bank's list says and which payment it shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pypdfium2  # type: ignore[import-untyped]
import pytest

from cleanclaim.forms.day_sheet import SheetTable, render_day_sheet
from cleanclaim.forms.receipt import ReceiptPage, render_receipt
from cleanclaim.forms.statement import StatementPage, render_statement, render_statements
from cleanclaim.ledger.accounts import Account
from cleanclaim.ledger.entries import Kind
from cleanclaim.receivables.bank_files import Awaited, BankFileError, read_bank_file, shown_by
from cleanclaim.receivables.lines import AccountLine, Move
from cleanclaim.receivables.statements import Sending, balance, sending, visits

TODAY = date(2026, 9, 25)
VISIT = date(2026, 8, 3)
ANSWERED = date(2026, 8, 20)


def line(key: str, *, open_to_plan: int = 0, share: int = 2_000, remarks: frozenset[str] = frozenset()) -> AccountLine:
    """$100.00: $20.00 the patient's as coinsurance, $30.00 taken by contract, the rest paid or still with the plan."""
    paid = 7_000 - share - open_to_plan
    moves = [
        Move(VISIT, Kind.CHARGE, Account.CHARGES, -10_000),
        Move(VISIT, Kind.CHARGE, Account.PAYER_OPEN, 10_000, "primary"),
        Move(ANSWERED, Kind.REMITTANCE, Account.PAYER_OPEN, -3_000 - share - paid, "primary"),
        Move(ANSWERED, Kind.REMITTANCE, Account.CONTRACTUAL, 3_000, "primary", "45"),
        Move(ANSWERED, Kind.REMITTANCE, Account.PAYER_CASH, paid, "primary"),
    ]
    if share:
        moves.append(Move(ANSWERED, Kind.REMITTANCE, Account.PATIENT_OPEN, share, reason="2"))
    return AccountLine(key, VISIT, "97110", "1", tuple(moves), remarks)


def words(code: str) -> str:
    return {"97110": "Therapeutic exercise"}[code]


# --- statements --------------------------------------------------------------------------------------------------


def test_a_visit_is_told_with_its_reasons_once() -> None:
    (visit,) = visits([line("a"), line("b")], words, None)
    assert visit.on == VISIT
    assert [(one.words, one.charge_cents, one.discount_cents, one.plan_paid_cents, one.yours_cents) for one in visit.lines] == [
        ("Therapeutic exercise (97110)", 10_000, 3_000, 5_000, 2_000)
    ] * 2  # fmt: skip
    assert visit.told == (("Your coinsurance: the part of each visit that your plan leaves to you.", 4_000),)


def test_what_is_with_the_plan_is_said_and_not_asked() -> None:
    lines = [line("a", open_to_plan=4_000)]
    (visit,) = visits(lines, words, None)
    assert visit.told[1] == ("Your plan has still to decide about $40.00; that is not asked of you.", None)
    assert balance(lines, 0, TODAY).due_cents == 2_000


def test_what_the_plan_is_asked_about_is_said_and_not_asked() -> None:
    refused = Move(ANSWERED, Kind.REMITTANCE, Account.PATIENT_OPEN, 3_000, reason="27")
    usual = line("a")
    both = replace(usual, moves=(*usual.moves, refused), pursued_cents=3_000)
    (visit,) = visits([both], words, None)
    assert [one.yours_cents for one in visit.lines] == [2_000]
    assert visit.told == (
        ("Your coinsurance: the part of each visit that your plan leaves to you.", 2_000),
        ("Plans are still asked about $30.00 that was left to you; that is not asked of you now.", None),
    )
    found = balance([both], 0, TODAY)
    assert (found.due_cents, found.waiting_cents) == (2_000, 3_000)
    # Settled as theirs, it is asked and explained.
    settled = replace(both, pursued_cents=0)
    assert balance([settled], 0, TODAY).due_cents == 5_000
    assert visits([settled], words, None)[0].told[0] == (
        "Your plan says that it no longer covered you on this day.",
        3_000,
    )


def test_a_protected_patient_is_asked_nothing_and_told_why() -> None:
    lines = [line("a", remarks=frozenset({"N782"}))]
    (visit,) = visits(lines, words, None)
    assert [one.yours_cents for one in visit.lines] == [0]
    assert [cents for _words, cents in visit.told] == [None]
    assert "it may not be asked of you" in visit.told[0][0]
    found = balance(lines, 0, TODAY)
    assert (found.due_cents, found.protected_cents) == (0, 2_000)
    assert sending(found, TODAY, None, small_cents=0, every_days=30) is Sending.NOTHING_OWED


def test_settled_visits_are_left_out_and_fresh_payments_shown_once_more() -> None:
    settled = line("a", share=0)
    payment = (
        Move(TODAY, Kind.PATIENT_PAYMENT, Account.PATIENT_CASH, 2_000),
        Move(TODAY, Kind.PATIENT_PAYMENT, Account.PATIENT_OPEN, -2_000),
    )
    paid = replace(line("b"), moves=(*line("b").moves, *payment))
    assert visits([settled], words, None) == []
    assert len(visits([paid], words, TODAY)) == 1
    assert visits([paid], words, TODAY + timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("due", "days", "small", "expected"),
    [
        (0, None, 0, Sending.NOTHING_OWED), (-1, None, 0, Sending.NOTHING_OWED), (1, None, 0, Sending.SEND),
        (499, None, 500, Sending.SMALL), (500, None, 500, Sending.SEND), (500, 29, 500, Sending.TOO_SOON),
        (500, 30, 500, Sending.SEND),
    ],
)  # fmt: skip
def test_when_a_statement_is_sent(due: int, days: int | None, small: int, expected: Sending) -> None:
    found = replace(balance([], 0, TODAY), owed_cents=due)
    last = None if days is None else TODAY - timedelta(days=days)
    assert sending(found, TODAY, last, small_cents=small, every_days=30) is expected


def page(count: int = 1) -> StatementPage:
    lines = [replace(line(str(place)), date_of_service=VISIT + timedelta(days=place)) for place in range(count)]
    return StatementPage(
        number="S000007", clinic="Millrace Physical Therapy", clinic_address=("40 Millrace Way", "Chicago, IL 60616"),
        clinic_phone="(312) 555-0100", patient="Żofia Nowak", patient_address=("7 Quarry Rd", "Chicago, IL 60616"),
        patient_number="P103", issued_on=TODAY, due_on=date(2026, 10, 25), visits=tuple(visits(lines, words, None)),
        credit_cents=500, total_cents=2_000 * count - 500, aging=(("0–30", 0), ("31–60", 2_000 * count)),
    )  # fmt: skip


def text_of(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    return [sheet.get_textpage().get_text_range() for sheet in document]


def test_the_page_says_what_is_to_pay_and_by_when() -> None:
    (text,) = text_of(render_statement(page()))
    for told in (
        "S000007", "Please pay by Oct 25, 2026", "$15.00", "Therapeutic exercise (97110)", "-$30.00", "-$50.00",
        "leaves to you: $20.00.", "You have paid ahead", "-$5.00", "31–60 days", "Zofia Nowak", "P103",
    ):  # fmt: skip
        assert told in text, told
    assert "diagnos" not in text.lower()
    assert render_statement(page()) == render_statement(page())


def test_a_payment_plan_asks_for_its_part_alone() -> None:
    asked = replace(page(), installment=(700, date(2026, 10, 1)))
    (text,) = text_of(render_statement(asked))
    assert "Please pay by Oct 1, 2026" in text
    assert "By your payment plan $7.00 are due on Oct 1, 2026" in text


def test_many_visits_take_more_sheets_and_each_statement_begins_on_its_own() -> None:
    sheets = text_of(render_statements([page(40), page(1)]))
    assert "Statement S000007, continued" in sheets[1]
    assert "page 1" in sheets[0]
    assert "page 1" in sheets[-1]
    assert sum(text.count("Therapeutic exercise") for text in sheets) == 41


def test_a_receipt_and_a_day_sheet_say_their_sums() -> None:
    receipt = ReceiptPage(
        "R000001", "Millrace", ("40 Millrace Way",), "(312) 555-0100", "A B", "P103", TODAY, 2_600, "cash",
        (("Sep 22, 2026  Manual therapy", 1_900),), 700, 0, is_voided=True,
    )  # fmt: skip
    (text,) = text_of(render_receipt(receipt))
    for told in ("Receipt, voided", "$26.00", "$19.00", "kept as your credit", "$7.00", "cash"):
        assert told in text
    rows = tuple((f"row {place}", "1", "$1.00") for place in range(60))
    sheets = text_of(
        render_day_sheet("Millrace", "today", [SheetTable("T", ("", "n", "$"), rows, ("sum", "", "x"))], foot="f")
    )
    assert len(sheets) == 2
    assert "row 59" in sheets[1]


# --- the bank ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        'Date,Description,Amount\n09/24/2026,  HCCLAIMPMT   EFT77 ,"1,250.50"\n',
        "\ufeffPosting Date,Details,Debit,Credit\n2026-09-24,HCCLAIMPMT EFT77,,1250.50\n",
        'memo,transaction date,amount\nHCCLAIMPMT EFT77,09/24/26,"$1,250.50"\n',
    ],
)  # fmt: skip
def test_banks_name_their_columns_as_they_like(text: str) -> None:
    (row,) = read_bank_file(text.encode()).rows
    assert (row.on, row.cents, row.words) == (date(2026, 9, 24), 125_050, "HCCLAIMPMT EFT77")


def test_money_that_left_is_negative() -> None:
    text = "date,description,amount\n2026-09-24,a,-9.00\n2026-09-24,b,(9.00)\n2026-09-24,c,+9.00\n"
    assert [row.cents for row in read_bank_file(text.encode()).rows] == [-900, -900, 900]
    parted = "date,description,debit,credit\n2026-09-24,a,9.00,\n2026-09-24,b,-9.00,\n2026-09-24,c,,9.00\n"
    assert [row.cents for row in read_bank_file(parted.encode()).rows] == [-900, -900, 900]


def test_two_alike_on_a_day_are_two_and_the_same_in_another_file() -> None:
    text = b"date,description,amount\n2026-09-24,FEE,-9.00\n2026-09-24,fee,-9.00\n"
    first, second = read_bank_file(text).rows
    assert first.digest != second.digest
    assert [row.digest for row in read_bank_file(text).rows] == [first.digest, second.digest]


def test_bad_rows_are_named_and_the_others_read() -> None:
    text = (
        b"date,description,debit,credit\n2026-02-30,a,,1\n2026-09-24,b,,one\n2026-09-24,c,1,1\n\n2026-09-24,d,,1.00\n"
    )
    found = read_bank_file(text)
    assert [row.words for row in found.rows] == ["d"]
    assert [(one.line, one.field) for one in found.problems] == [(2, "date"), (3, "credit"), (4, "credit or debit")]
    assert found.problems[0].words == "'2026-02-30'; expected a day such as 2026-09-25 or 09/25/2026"
    assert found.problems[1].words == "'one'; expected dollars such as 1,250.00"
    assert found.problems[2].words == "'1' and '1'; expected one of the two"


OFX_1 = b"""OFXHEADER:100
DATA:OFXSGML

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><BANKTRANLIST>
<STMTTRN><TRNTYPE>CREDIT
<DTPOSTED>20260924120000[-5:EST]
<TRNAMT>1250.50
<FITID>1
<NAME>HCCLAIMPMT &amp; CO
<MEMO>HCCLAIMPMT &amp; CO EFT77
</STMTTRN>
<STMTTRN><TRNTYPE>CHECK
<DTPOSTED>20260931
<TRNAMT>-9.00
<NAME>x
<STMTTRN><TRNTYPE>DEBIT
<DTPOSTED>20260925
<TRNAMT>-9,0x
</STMTTRN>
</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""


def test_ofx_is_read_with_its_fields_named() -> None:
    found = read_bank_file(OFX_1)
    (row,) = found.rows
    # The memo says the name once more.
    assert (row.line, row.on, row.cents) == (5, date(2026, 9, 24), 125_050)
    assert row.words == "HCCLAIMPMT & CO EFT77"
    assert [(one.line, one.field) for one in found.problems] == [(12, "DTPOSTED"), (16, "TRNAMT")]


def test_ofx_2_and_csv_of_one_movement_are_one() -> None:
    xml = (
        b'<?xml version="1.0"?><?OFX OFXHEADER="200"?><OFX><BANKTRANLIST><STMTTRN><DTPOSTED>20260924</DTPOSTED>'
        b"<TRNAMT>12.50</TRNAMT><NAME>SLIP 7</NAME><MEMO>SLIP 7</MEMO></STMTTRN></BANKTRANLIST></OFX>"
    )
    csv = b"date,amount,memo\n2026-09-24,12.50,Slip 7\n"
    assert read_bank_file(xml).rows[0].digest == read_bank_file(csv).rows[0].digest
    with pytest.raises(BankFileError, match="holds no movement"):
        read_bank_file(b"<OFX></OFX>")


@pytest.mark.parametrize("text", [b"", b"a,b\n1,2\n", b"date,description\n", b"date,description,debit\n"])
def test_a_file_without_a_heading_is_refused(text: bytes) -> None:
    with pytest.raises(BankFileError, match="line 1: expected a heading"):
        read_bank_file(text)


AWAITED = [
    Awaited("one", "EFT77", date(2026, 9, 20), 5_000),
    Awaited("other", "EFT78", date(2026, 9, 20), 5_000),
    Awaited("slip", "", date(2026, 9, 20), 900),
]


def test_number_and_amount_together_are_certain() -> None:
    rows = [("a", TODAY, 5_000, "HCCLAIMPMT TRN*1*EFT78*1512345678"), ("b", TODAY, 5_000, "no number")]
    found = shown_by(rows, AWAITED)
    assert (found["a"].awaited.key, found["a"].is_certain) == ("other", True)
    # What is left fits one payment alone: a person says whether it is that.
    assert (found["b"].awaited.key, found["b"].is_certain) == ("one", False)


@pytest.mark.parametrize(
    ("on", "cents", "words_", "found"),
    [
        (TODAY, 5_001, "EFT77", None), (TODAY, 5_000, "EFT777", None), (TODAY, 5_000, "XEFT77", None),
        (date(2026, 9, 20), 900, "", "slip"), (date(2026, 9, 30), 900, "", "slip"), (date(2026, 9, 19), 900, "", None),
        (date(2026, 10, 1), 900, "", None),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_not_proposed(on: date, cents: int, words_: str, found: str | None) -> None:
    shown = shown_by([("a", on, cents, words_)], AWAITED)
    assert (shown["a"].awaited.key if shown else None) == found


def test_two_movements_that_fit_one_payment_are_left_to_a_person() -> None:
    assert shown_by([("a", TODAY, 900, ""), ("b", TODAY, 900, "")], AWAITED) == {}
