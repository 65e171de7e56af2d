"""The price of a few lines, as Python, as text, as JSON and on the command line."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from typer.testing import CliRunner

from cleanclaim.cli.program import program
from cleanclaim.money import divide
from cleanclaim.pricing import quote
from cleanclaim.pricing.provenance import DEDUCTIBLE_FIRST, LESSER_OF_CHARGE, SEQUESTRATION_LAST
from cleanclaim.pricing.quote import QuotedLine, QuoteError, parse_lines, price_lines
from cleanclaim.pricing.statuses import PriceStatus, ShareStatus
from cleanclaim.sources import Confidence
from tests.pricing.tables import pack

DAY = date(2026, 3, 4)
SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "price.schema.json").read_text(encoding="utf-8"))


def test_lines_are_read() -> None:
    assert parse_lines("97530 97110x2 97140-59 97112-cq-59X3=180.00 g0283=$15.50") == (
        QuotedLine("97530"),
        QuotedLine("97110", 2),
        QuotedLine("97140", 1, ("59",)),
        QuotedLine("97112", 3, ("CQ", "59"), 18_000),
        QuotedLine("G0283", 1, (), 1_550),
    )


@pytest.mark.parametrize("text", ["", "9711", "97110x", "97110y2", "97110=", "97110=1.234", "97110-C", "97110x123456"])
def test_what_is_no_line_is_refused(text: str) -> None:
    with pytest.raises(QuoteError, match="expected"):
        parse_lines(text)


def test_a_line_may_be_written_with_a_multiplication_sign() -> None:
    assert parse_lines("97110×2") == (QuotedLine("97110", 2),)


def test_the_steps_that_were_read_say_where() -> None:
    assert [source.cite() for source in (LESSER_OF_CHARGE, DEDUCTIBLE_FIRST, SEQUESTRATION_LAST)] == [
        "United States Code, 42 USC 1395m, (k)(1)(B) (read 2026-11-21)",
        "United States Code, 42 USC 1395l, (b) (read 2026-11-21)",
        (
            "First Coast Service Options, Federal sequestration payment reductions, reductions calculated on the "
            "claims: of the payment after deductible and coinsurance, shown by line (read 2026-11-21)"
        ),
    ]
    steps = price_lines("97110=20.00", date=DAY, deductible_met_cents=28_300).lines[0].steps
    named = {"allowed", "payable", "deductible", "expected payment"}
    assert [(step.source, step.confidence) for step in steps if step.label in named] == [
        (None, Confidence.MEMORY),
        (LESSER_OF_CHARGE, Confidence.MEMORY),
        (DEDUCTIBLE_FIRST, Confidence.MEMORY),
        (SEQUESTRATION_LAST, Confidence.MEMORY),
    ]


def test_what_is_not_known_of_the_visit_is_called_unknown() -> None:
    price = price_lines("97110", date=DAY, locality=None, place_of_service=None)
    assert (price.locality, price.place_of_service) == ("unknown", "unknown")


def test_the_front_door_has_all_that_a_quote_needs() -> None:
    assert quote.__all__ == [
        "TOTAL_LABELS",
        "Price",
        "PricedLine",
        "QuoteError",
        "QuotedLine",
        "parse_lines",
        "price_lines",
        "total_text",
    ]
    assert all(hasattr(quote, name) for name in quote.__all__)


def test_a_price_unfolds() -> None:
    price = price_lines("97530 97110x2 97140", date=DAY, deductible_met_cents=28_300)
    assert price.allowed_cents == 10_070
    assert price.is_known
    line = price.lines[1]
    assert (line.code, line.units, line.rank, line.ranked, line.full_units) == ("97110", 2, 2, 3, 0)
    assert [other.rank for other in price.lines] == [1, 2, 3]
    unit = line.unit
    assert unit is not None
    assert (unit.relative_values.value.work, unit.practice_expense, unit.relative_values.value.mp) == (45, 41, 1)
    assert (unit.indices.value.work, unit.conversion_factor.value) == (1000, 334_009)
    assert unit.reduction is not None
    assert unit.reduction.value == 5_000
    assert (unit.whole_e4, unit.cut_e4) == (290_588, 222_116)
    assert unit.relative_values.value.edition == "rvu26c"


@pytest.mark.parametrize("locality", ["national", "01112-05", "02102-01"])
@pytest.mark.parametrize("words", ["97530 97110x2 97140", "97161 97112x3 97010 20560x2", "97537x2 97112x2 92507"])
def test_the_parts_make_the_figures(words: str, locality: str) -> None:
    for day in (date(2021, 7, 1), date(2024, 3, 8), date(2024, 3, 9), DAY):
        for line in price_lines(words, date=day, locality=locality).lines:
            if line.unit is None:
                assert line.status is PriceStatus.BUNDLED
                continue
            assert line.full_units is not None
            whole, cut = line.unit.exact(cut=False), line.unit.exact(cut=True)
            exact = line.full_units * whole + (line.units - line.full_units) * cut
            assert line.allowed_cents == divide(exact, 10**11)
            assert line.fee_cents == divide(line.units * whole, 10**11)
            assert (line.full_units > 0) == (line.rank in (1, None))


def test_the_price_explains_itself() -> None:
    price = price_lines("97110 97530", date=DAY, assistant=["97110"], deductible_met_cents=28_300)
    text = price.explain()
    wanted = [
        "Medicare Part B, 2026-03-04, locality national, place of service 11",
        "97110-CQ × 1  $22.21",
        "work 0.45 × 1 + non-facility practice expense 0.41 × 1 + malpractice 0.01 × 1 (rvu26c)",
        "× conversion factor 33.4009 = $29.0588",
        "ranked 2 of 2 by practice expense: 0 paid in full, 1 with 50% off practice expense",
        "1 × $22.2116 [memory]\n",
        "80% after the deductible\n",
        "$15.10  85% of the payer's share for an assistant\n",
        "2% off the payment [secondary]",
        "allowed                      $57.28",
        "From memory, not read in a source: a line is rounded to cents once, after the reduction and ",
    ]
    for part in wanted:
        assert part in text
    steps = {step.label: step for step in price.lines[0].steps}
    assert steps["expected payment"].cents == 1480  # 22.21 × .8 × .85 × .98 = 14.80
    assert steps["expected payment"].confidence is Confidence.MEMORY
    assert any("42 USC 1395m" in source.cite() for source in price.sources())


def test_an_unknown_deductible_gives_a_span() -> None:
    price = price_lines("97110", date=DAY)
    line = price.lines[0]
    assert line.share_status is ShareStatus.DEDUCTIBLE_UNKNOWN
    assert price.expected_payment_cents is None
    assert (line.expected_payment_at_least_cents, line.expected_payment_at_most_cents) == (0, 2278)
    assert "expected payment             $0.00 to $22.78 (by the deductible)" in price.explain()


def test_charges_limit_only_where_given() -> None:
    price = price_lines(["97110=20", QuotedLine("97530")], date=DAY, deductible_met_cents=28_300)
    assert [line.allowed_cents for line in price.lines] == [2221, 3507]
    assert [line.payable_cents for line in price.lines] == [2000, 3507]


def test_past_the_horizon() -> None:
    price = price_lines("97110", date=date(2027, 1, 1))
    assert not price.is_known
    assert price.lines[0].status is PriceStatus.PAST_HORIZON
    assert "97110 × 1  unknown  (past horizon)" in price.explain()
    assert price.to_dict()["totals"]["allowed_cents"] is None


def test_own_payer_files(tmp_path: Path) -> None:
    own = pack(
        tmp_path,
        "plan_120",
        "commercial",
        {
            "price_basis": '{ kind = "percent_of_medicare", percent = "120" }',
            "multiple_procedure_reduction": "true",
            "multiple_procedure_reduction_scope": '"billing_npi"',
        },
    )
    price = price_lines("97110x2 97530", date=DAY, payer=own)
    # 2 × 22.2115985 × 1.2 = 53.3078; 35.070945 × 1.2 = 42.0851
    assert [line.allowed_cents for line in price.lines] == [5331, 4209]
    assert "× conversion factor 33.4009 = $29.0588\n" in price.explain()
    assert "$53.31  (2 × $22.2116) × 120% [memory]" in price.explain()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"payer": "nope"}, "no payer file 'nope'"),
        ({"locality": "01112-5"}, "locality '01112-5'"),
        ({"assistant": ["97140"]}, "97140 is not among the lines"),
        ({"assistant": ["97110"], "discipline": "SLP"}, "SLP has no assistant modifier"),
    ],
)
def test_what_cannot_be_priced(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(QuoteError, match=message):
        price_lines("97110", date=DAY, **arguments)  # type: ignore[arg-type]


# --- the command ------------------------------------------------------------------------------------------------


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(program(["price"]), ["price", *words])
    return result.exit_code, result.output


def test_command_as_text() -> None:
    code, text = run("97530", "97110x2", "97140", "--date", "2026-03-04", "--deductible-met", "all")
    assert code == 0
    for part in ("$35.07", "$44.42", "$21.21", "$100.70"):
        assert part in text


def test_command_as_json() -> None:
    code, text = run(
        "97110",
        "--date",
        "2026-03-04",
        "--assistant",
        "97110",
        "--deductible-met",
        "283.00",
        "--charge",
        "97110=60",
        "-f",
        "json",
    )
    document = json.loads(text)
    jsonschema.validate(document, SCHEMA)
    assert code == 0
    assert document["schema"] == "cleanclaim/price"
    assert document["exit_code"] == 0
    line = document["lines"][0]
    assert (line["allowed_cents"], line["payer_share_cents"], line["patient_share_cents"]) == (2906, 2325, 581)
    assert (line["expected_payment_cents"], line["charge_cents"]) == (1937, 6000)
    assert document["totals"]["expected_payment_cents"] == 1937


def test_every_status_is_in_the_schema() -> None:
    line = SCHEMA["properties"]["lines"]["items"]["properties"]
    assert line["price_status"]["enum"] == [status.value for status in PriceStatus]
    assert line["share_status"]["enum"] == [status.value for status in ShareStatus]
    for words in (
        ("97010", "97014", "-d", "2026-03-04"),
        ("97110", "-d", "2027-01-01"),
        ("97110=50", "-d", "2026-03-04", "-p", "cash"),
    ):
        jsonschema.validate(json.loads(run(*words, "-f", "json")[1]), SCHEMA)


def test_command_explains() -> None:
    code, text = run("97110", "--date", "2026-03-04", "--locality", "01112-05", "--explain")
    assert code == 0
    assert "work 0.45 × 1.095 + non-facility practice expense 0.41 × 1.41 + malpractice 0.01 × 0.425" in text


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("97110", "--date", "2026-12-31"), 0),
        (("97110", "--date", "2027-01-01"), 3),
        (("97110", "--date", "2026-03-04", "--payer", "uhc_commercial"), 3),
        (("9711", "--date", "2026-03-04"), 2),
        (("97110", "--date", "2026-03-04", "--payer", "nope"), 2),
        (("97110", "--date", "2026-03-04", "--payer", "nope.toml"), 2),
        (("97110", "--date", "2026-03-04", "--charge", "97140=3"), 2),
        (("97110", "--date", "2026-03-04", "--charge", "97110=x"), 2),
        (("97110", "--date", "2026-03-04", "--deductible-met", "much"), 2),
        (("97110", "--date", "yesterday"), 2),
        (("97110",), 2),
    ],
)
def test_exit_codes(words: tuple[str, ...], code: int) -> None:
    assert run(*words)[0] == code
