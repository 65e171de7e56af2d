"""`cleanclaim payer`: what payers state, and packs of a clinic's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from cleanclaim.reference.payer_wording import _decimal
from cleanclaim.reference.payers import SETTINGS
from cleanclaim.rules import book
from cleanclaim.x12 import ControlNumbers, Envelope, file_837p
from tests.cli.running import run, run_json
from tests.x12.claim_generator import SUBMITTER, claims

OWN = """id = "heron_health"
label = "Heron [bold]Health[/] {0.__class__} %s"
kind = "commercial"
filing_indicator = "CI"
filing_indicator_confidence = "seen"
fictional = true

[sources.contract]
publisher = "Heron Health"
title = "Agreement {payer}"
section = "exhibit B"
read_on = 2026-01-15

[[settings.unit_method.values]]
value = "midpoint"
from = 2026-01-01
source = "contract"

[[settings.utilization_manager.values]]
value = "{claim_key.__class__} [red]"
source = "contract"
confidence = "memory"

[[settings.mue_applies.values]]
value = false
source = "contract"
confidence = "uncertain"
"""
ON = ("--date", "2026-03-04")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "heron_health.toml"
    path.write_text(OWN)
    return path


# --- list and show ---------------------------------------------------------------------------------------


def test_payers() -> None:
    code, found = run_json("payer", "list", "--date", "2026-03-04")
    assert code == 0
    by_id = {item["id"]: item for item in found["payers"]}
    assert (by_id["medicare_b"]["unit_method"], by_id["medicare_b"]["is_own"]) == ("eight_minute", False)
    assert by_id["aetna"]["unit_method"] is None
    assert run("payer", "list", "--date", "2026-03-04").lines[-1].startswith("On 2026-03-04, of ")


def test_payer_on_a_date() -> None:
    code, found = run_json("payer", "show", "medicare_b", "--date", "2026-03-04")
    assert code == 0
    settings = {item["name"]: item for item in found["settings"]}
    assert (settings["unit_method"]["value"], settings["unit_method"]["confidence"]) == ("eight_minute", "secondary")
    assert settings["timely_filing_months"]["text"] == "12 months"
    assert settings["assistant_payment_reduction"]["text"] == "15%"
    assert settings["visit_cap"]["text"] == "none"
    assert (settings["fee_table"]["status"], settings["fee_table"]["value"]) == ("not listed", None)


@pytest.mark.parametrize(("day", "method"), [("2000-03-31", None), ("2000-04-01", "eight_minute")])
def test_setting_begins_on_its_first_day(day: str, method: str | None) -> None:
    _, found = run_json("payer", "show", "medicare_b", "--date", day)
    assert next(item["value"] for item in found["settings"] if item["name"] == "unit_method") == method


def test_doubtful_settings_are_shown_apart() -> None:
    ran = run("payer", "show", "anthem", "--date", "2026-03-04")
    assert "Doubtful, so it decides nothing:" in ran.lines
    assert "- The payer's own code pairs: column 1 97530, column 2 97140, bypass allowed no" in ran.words


def test_unknown_payer() -> None:
    ran = run("payer", "show", "medicare")
    assert ran.code == 2
    assert "no payer file 'medicare'; did you mean medicare_b" in ran.errors


@pytest.mark.parametrize(("value", "text"), [(8_000, "80"), (1_350, "13.5"), (5, "0.05"), (0, "0")])
def test_decimal_text(value: int, text: str) -> None:
    assert _decimal(value, 100) == text


def test_each_command_has_an_example() -> None:
    for name in ("list", "show", "check", "diff"):
        assert f"Example: cleanclaim payer {name}" in run("payer", name, "--help").words


def test_today_is_used_where_no_date_is_given() -> None:
    _, found = run_json("payer", "list")
    assert date.fromisoformat(found["date"]).year >= 2026


def test_words_of_a_pack_are_no_template_and_no_markup(own: Path) -> None:
    shown = run("payer", "show", "heron_health", "--payers", own.parent, *ON)
    assert shown.lines[0] == "Heron [bold]Health[/] {0.__class__} %s on 2026-03-04"
    assert "{claim_key.__class__} [red]" in shown.words
    assert "Heron Health, Agreement {payer}, exhibit B" in shown.words
    listed = run("payer", "list", "--payers", own.parent, *ON, width=160)
    assert "Heron [bold]Health[/] {0.__class__} %s (fictional)" in listed.words


# --- check -----------------------------------------------------------------------------------------------


def test_a_pack_that_can_be_used_says_what_it_decides(own: Path) -> None:
    code, found = run_json("payer", "check", own, *ON)
    assert (code, found["problems"]) == (0, [])
    assert found["packs"] == [
        {
            "file": str(own),
            "id": "heron_health",
            "label": "Heron [bold]Health[/] {0.__class__} %s",
            "replaces_shipped": False,
            "settings": len(SETTINGS),
            "known": ["unit_method", "utilization_manager"],
            "doubtful": ["mue_applies"],
            "not_on_the_day": [],
            "from_memory": ["utilization_manager"],
        }
    ]
    before = run_json("payer", "check", own, "--date", "2025-12-31")[1]["packs"][0]
    assert (before["known"], before["not_on_the_day"]) == (["utilization_manager"], ["unit_method"])


def test_a_usable_pack_in_words(own: Path) -> None:
    own.write_text(OWN.replace("heron_health", "aetna"))
    ran = run("payer", "check", own, *ON, width=200)
    assert ran.code == 0
    assert ran.lines[0].endswith("Heron [bold]Health[/] {0.__class__} %s, id aetna, can be used")
    assert f"on 2026-03-04: 2 of {len(SETTINGS)} settings known; the rules that need others say no data" in ran.words
    assert "from memory: utilization manager" in ran.words
    assert "doubtful, so it decides nothing: mue applies" in ran.words
    assert "takes the place of the shipped file aetna, whole: nothing is inherited from it" in ran.words


def test_every_problem_is_told_with_line_key_and_expectation(own: Path) -> None:
    own.write_text(OWN.replace('"midpoint"', '"[red]8 minute"').replace("mue_applies", "mue_aplies"))
    code, found = run_json("payer", "check", own, *ON)
    assert (code, found["packs"]) == (2, [])
    assert [(one["line"], one["key"], one["found"], one["nearest"]) for one in found["problems"]] == [
        (15, "settings.unit_method.values[0].value", "'[red]8 minute'", None),
        (24, "settings.mue_aplies", "'mue_aplies'", "mue_applies"),
    ]
    ran = run("payer", "check", own, *ON, width=400)
    assert ran.code == 2
    assert ran.lines[0] == (
        f"{own}, line 15: settings.unit_method.values[0].value has '[red]8 minute'; "
        "expected one of eight_minute, midpoint, hybrid"
    )
    assert ran.lines[1].endswith("(did you mean mue_applies?)")


def test_a_folder_is_checked_whole_and_an_id_is_taken_once(own: Path) -> None:
    (own.parent / "b.toml").write_text(OWN)
    code, found = run_json("payer", "check", own.parent, *ON)
    assert (code, len(found["packs"])) == (2, 2)
    assert [(one["line"], one["key"], one["expected"]) for one in found["problems"]] == [(None, "", "each id once")]
    assert "id: 'heron_health' is also the id of " in found["problems"][0]["found"]


def test_a_file_that_is_no_toml_or_not_there(own: Path) -> None:
    own.write_text("id = heron\n")
    _, found = run_json("payer", "check", own, own.parent / "absent.toml", *ON)
    assert [(one["line"], one["found"].partition(":")[0]) for one in found["problems"]] == [
        (1, "is not TOML"),
        (None, "cannot be read"),
    ]


def test_what_a_user_typed_is_no_markup_in_an_error(tmp_path: Path) -> None:
    ran = run("payer", "show", "x[/red]", "--payers", tmp_path)
    assert (ran.code, "no payer file 'x[/red]'" in ran.errors) == (2, True)


# --- diff ------------------------------------------------------------------------------------------------

HEAD = "claim,patient,date,payer,code,modifiers,units,minutes,by,charge,diagnoses,pointers,rendering_npi,billing_npi"
ARCHIVE = """C1,P1,2026-03-04,heron_health,97110,GP,3,23,PT,180.00,M54.50,1,1245319599,1234567893
C1,P1,2026-03-04,heron_health,97140,GP,1,15,PT,60.00,M54.50,1,1245319599,1234567893
C2,P2,2025-12-30,heron_health,97110,GP,3,23,PT,180.00,M54.50,1,1245319599,1234567893
C3,P3,2026-03-04,medicare_b,97110,GP,4,23,PT,240.00,M54.50,1,1245319599,1234567893
"""
WHEN = ("--as-of", "2026-03-08", "--select", "UN10")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "lines.csv"
    path.write_text(f"{HEAD}\n{ARCHIVE}")
    return path


def priced(text: str, amount: str) -> str:
    """The pack with a fee table of one amount."""
    fees = ", ".join(f'{{ code = "{code}", amount = "{amount}" }}' for code in ("97110", "97140"))
    more = {
        "price_basis": '{ kind = "fee_table" }',
        "fee_table": f"[{fees}]",
        "multiple_procedure_reduction": "false",
        "sequestration_applies": "false",
    }
    added = [f'[[settings.{name}.values]]\nvalue = {value}\nsource = "contract"\n' for name, value in more.items()]
    return "\n".join([text, *added])


def rows(found: list[dict[str, object]]) -> list[tuple[object, ...]]:
    return [(one["claim"], one["rule"], one["place"], one["message"], one["cents"]) for one in found]


def test_diff_shows_what_a_new_pack_would_find(own: Path, archive: Path) -> None:
    own.write_text(priced(OWN, "40.00"))
    code, found = run_json("payer", "diff", own, "--on", archive, *WHEN)
    assert (code, found["claims"], found["claims_of_the_payer"], found["replaces_shipped"]) == (1, 3, 2, False)
    # Since 2026 the method is stated, so one rule hands the claim to another.
    assert rows(found["added"]) == [("C1", "UN101", "day", "4 timed units billed, 38 minutes support 3", 4_000)]
    assert rows(found["removed"]) == [
        ("C1", "UN102", "day", "4 timed units billed, 38 minutes support 3 pooled and 3 code by code", None)
    ]
    # Before that it is not: the same words, now with a price.
    assert [(one["claim"], one["rule"], one["before"]["cents"], one["after"]["cents"]) for one in found["changed"]] == [
        ("C2", "UN102", None, 4_000)
    ]
    assert found["changed"][0]["before"]["message"] == found["changed"][0]["after"]["message"]
    assert found["by_rule"] == [
        {"rule": "UN101", "added": 1, "removed": 0, "changed": 0, "cents": 4_000, "without_price": 0},
        {"rule": "UN102", "added": 0, "removed": 1, "changed": 1, "cents": 0, "without_price": 2},
    ]
    assert found["same"] == 1
    assert found["checks_not_judged"]["before"] > found["checks_not_judged"]["after"]


def test_diff_in_words(own: Path, archive: Path) -> None:
    own.write_text(priced(OWN, "40.00"))
    ran = run("payer", "diff", own, "--on", archive, *WHEN, width=140)
    assert ran.code == 1
    assert ran.lines[:2] == [
        "Findings that would come",
        "  C1  UN101  day  4 timed units billed, 38 minutes support 3  $40.00",
    ]
    assert "no price → $40.00" in ran.text
    assert "1 findings come, 1 go, 1 change" in ran.words
    assert "3 claims checked twice as of 2026-03-08, 2 of payer heron_health:" in ran.words


def test_diff_against_the_pack_in_use_shows_the_dollars_that_move(own: Path, archive: Path, tmp_path: Path) -> None:
    used = tmp_path / "used"
    used.mkdir()
    (used / "heron_health.toml").write_text(priced(OWN, "40.00"))
    own.write_text(priced(OWN, "35.00"))
    code, found = run_json("payer", "diff", own, "--on", archive, "--payers", used, *WHEN)
    assert (code, found["added"], found["removed"]) == (1, [], [])
    assert [(one["rule"], one["before"]["cents"], one["after"]["cents"]) for one in found["changed"]] == [
        ("UN101", 4_000, 3_500),
        ("UN102", 4_000, 3_500),
    ]
    assert [(one["rule"], one["cents"]) for one in found["by_rule"]] == [("UN101", -500), ("UN102", -500)]
    assert [one["cents"] for one in found["outcomes"]["before"]] != [one["cents"] for one in found["outcomes"]["after"]]


def test_diff_of_a_pack_that_changes_nothing(own: Path, archive: Path) -> None:
    code, found = run_json("payer", "diff", own, "--on", archive, "--payers", own.parent, *WHEN)
    assert (code, found["added"], found["removed"], found["changed"], found["same"]) == (0, [], [], [], 3)
    assert (
        "nothing would change (3 findings the same)"
        in run("payer", "diff", own, "--on", archive, "--payers", own.parent, *WHEN).words
    )


def test_diff_of_a_pack_that_no_claim_names(own: Path, archive: Path) -> None:
    archive.write_text(f"{HEAD}\n{ARCHIVE}".replace("heron_health", ""))
    code, found = run_json("payer", "diff", own, "--on", archive, *WHEN)
    assert (code, found["claims_of_the_payer"], found["added"], found["removed"]) == (3, 0, [], [])
    assert (
        "no claim is of payer heron_health: --payer names it" in run("payer", "diff", own, "--on", archive, *WHEN).words
    )
    code, found = run_json("payer", "diff", own, "--on", archive, "--payer", "heron_health", *WHEN)
    assert (code, found["claims_of_the_payer"]) == (1, 2)


def test_diff_puts_the_pack_on_trial_before_that_of_a_clinics_folder(tmp_path: Path) -> None:
    clinic = Path(__file__).resolve().parents[2] / "examples" / "clinic-day"
    text = (clinic / "payers" / "larkspur_mutual.toml").read_text()
    assert text.count('value = "midpoint"') == 1
    pack = tmp_path / "larkspur_mutual.toml"
    words = ("--on", clinic, "--as-of", "2026-10-20", "--select", "UN1")
    pack.write_text(text)
    code, found = run_json("payer", "diff", pack, *words)
    assert (code, found["claims_of_the_payer"] > 0, found["added"], found["removed"]) == (0, True, [], [])
    pack.write_text(text.replace('value = "midpoint"', 'value = "eight_minute"'))
    code, found = run_json("payer", "diff", pack, *words)
    assert (code, len(found["added"]) + len(found["removed"]) + len(found["changed"]) > 0) == (1, True)
    named = {one["claim"] for one in (*found["added"], *found["removed"], *found["changed"])}
    assert all(name.startswith("V") for name in named)


def test_diff_finds_the_claims_of_a_claim_file_by_the_packs_label(own: Path, tmp_path: Path) -> None:
    made = claims(20, seed=5)
    named = [claim for claim in made if claim.payer.name == "Harbor Health Plan"]
    assert 0 < len(named) < len(made)
    envelope = Envelope(SUBMITTER, "Receiver", "RECEIVER1")
    created = datetime(2026, 3, 6, tzinfo=UTC)
    path = tmp_path / "claims.837"
    path.write_bytes(file_837p(made, envelope=envelope, control=ControlNumbers(), created=created).data)
    refused = '\n[[settings.not_payable_codes.values]]\nvalue = ["97010-97399"]\nsource = "contract"\n'
    own.write_text(OWN.replace("Heron [bold]Health[/] {0.__class__} %s", "HARBOR health plan") + refused)
    code, found = run_json("payer", "diff", own, "--on", path, "--as-of", "2026-03-08", "--select", "CD109")
    # A claim with several days of service is checked day by day.
    assert len(named) <= found["claims_of_the_payer"] < found["claims"]
    assert (code, found["removed"], found["changed"]) == (1, [], [])
    # What an earlier payer has answered keeps its coding, whatever the next one would not pay.
    first = [claim for claim in named if all(other.adjudication is None for other in claim.other_payers)]
    assert len(first) == len(named) - 2
    assert {one["claim"] for one in found["added"]} == {claim.id for claim in first}


def test_diff_of_a_pack_that_cannot_be_used(own: Path, archive: Path) -> None:
    own.write_text(OWN.replace('"midpoint"', '"middle"').replace("mue_applies", "mue"))
    ran = run("payer", "diff", own, "--on", archive, *WHEN, width=400)
    assert ran.code == 2
    assert "line 15: settings.unit_method.values[0].value has 'middle'" in ran.errors
    assert "(and 1 problems more: `cleanclaim payer check`)" in ran.errors


def test_diff_in_which_a_rule_crashes_says_nothing_for_the_whole(
    own: Path, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = next(one for one in book.rules() if one.code == "UN101")
    flag = pl.col("payer").str.strptime(pl.Date, "%Y") == pl.date(2026, 1, 1)
    monkeypatch.setattr("cleanclaim.cli.payer_difference.named_rules", lambda *_, **__: (replace(rule, flag=flag),))
    ran = run("payer", "diff", own, "--on", archive, *WHEN)
    assert (ran.code, "crashed: UN101: " in ran.errors) == (4, True)
    assert ran.lines == ["1 rules crashed, so nothing can be said for the whole"]
