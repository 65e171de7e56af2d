"""The judge: verdicts apart from crashes, history that is counted but not judged, words and places of findings."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from cleanclaim.check.findings import Change, render
from cleanclaim.check.fixes import apply
from cleanclaim.check.judge import Judge
from cleanclaim.lines.columns import col
from cleanclaim.rules import book
from cleanclaim.rules.kit import Rule, Severity, Verdict, bad, good, unknown
from cleanclaim.rules.notation import parse
from cleanclaim.sources import Source

SOURCE = Source("Test", "A made-up page", "§1", date(2026, 11, 21))


def rule(code: str, flag: pl.Expr, *, over: str = "lines", message: str = "flagged", **more: object) -> Rule:
    return Rule(
        code=code,
        name=f"made-up-{code.lower()}",
        over=over,
        severity=Severity.ADVICE,
        flag=flag,
        message=message,
        sources=(SOURCE,),
        examples=(good(""), bad("", at="", says=""), unknown("", lacks="")),
        **more,  # type: ignore[arg-type]
    )


MANY_UNITS = rule("ZZ101", col.units > 2, message="{units} units for {charge_cents:money}", dollars=col.charge_cents)
TWO_LINES = "visit 2026-03-04 medicare_b\n 97110 GP x3 45min $90.50\n 97140 GP x?"


def test_each_row_gets_one_verdict() -> None:
    verdicts = Judge([MANY_UNITS]).judge(parse(TWO_LINES))

    assert verdicts.counts() == {
        "ZZ101": {Verdict.PASS: 0, Verdict.FINDING: 1, Verdict.NOT_APPLICABLE: 0, Verdict.NO_DATA: 1}
    }


def test_a_finding_names_place_words_and_dollars() -> None:
    (finding,) = Judge([MANY_UNITS]).judge(parse(TWO_LINES)).findings()

    assert (finding.place, finding.message, finding.cents) == ("line 1", "3 units for $90.50", 9050)
    assert finding.arguments == {"units": 3, "charge_cents": 9050}


def test_what_is_missing_is_said_in_words() -> None:
    (item,) = Judge([MANY_UNITS]).judge(parse(TWO_LINES)).unjudged()

    assert (item.code, item.key, item.missing) == ("ZZ101", 1, ("units billed",))


def test_history_is_never_judged() -> None:
    text = TWO_LINES.replace("visit", "history") + "\nvisit 2026-03-05 medicare_b\n 97110 GP x1"

    verdicts = Judge([MANY_UNITS]).judge(parse(text))

    assert verdicts.of(MANY_UNITS).to_list() == [
        Verdict.NOT_APPLICABLE,
        Verdict.NOT_APPLICABLE,
        Verdict.PASS,
    ]
    assert verdicts.findings() == []
    assert verdicts.unjudged() == []


def test_a_rule_that_does_not_apply_is_not_applicable_even_where_its_flag_is_unknown() -> None:
    only_medicare = rule("ZZ102", col.units > 2, applies=col.payer_kind == "medicare_b")

    verdicts = Judge([only_medicare]).judge(parse("visit 2026-03-04 tricare\n 97110 GP x?"))

    assert verdicts.of(only_medicare).to_list() == [Verdict.NOT_APPLICABLE]


def test_a_crash_is_told_apart_and_the_other_rules_go_on() -> None:
    crashing = rule("ZZ103", col.code.str.strptime(pl.Date, "%Y") == date(2026, 1, 1))

    verdicts = Judge([crashing, MANY_UNITS]).judge(parse(TWO_LINES))

    assert list(verdicts.crashed) == ["ZZ103"]
    assert [finding.code for finding in verdicts.findings()] == ["ZZ101"]
    assert "ZZ103" not in verdicts.counts()


def test_the_same_rules_give_the_same_verdicts_one_by_one_and_in_a_batch() -> None:
    texts = [f"visit 2026-03-0{day} medicare_b patient_id={day}\n 97110 GP x{day} 30min" for day in range(1, 8)]
    judge = Judge([MANY_UNITS])

    batch = judge.judge(parse("\n".join(texts))).of(MANY_UNITS).to_list()
    single = [judge.judge(parse(text)).of(MANY_UNITS).to_list()[0] for text in texts]

    assert batch == single


def test_a_change_is_refused_once_its_old_value_has_moved() -> None:
    tables = parse(TWO_LINES)
    change = Change("lines", 0, "units", 3, 2)

    once = apply(tables, [change])
    twice = apply(once.tables, [change])

    assert once.tables.lines.get_column("units").to_list() == [2, None]
    assert (once.made, once.refused) == ((change,), ())
    assert (twice.made, twice.refused) == ((), (change,))


def test_removing_a_row_closes_the_gap_in_the_keys() -> None:
    applied = apply(parse(TWO_LINES), [Change("lines", 0, "", None, None)])

    assert applied.tables.lines.select("line_id", "code").rows() == [(0, "97140")]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("PT", "a PT"),
        ("OT", "an OT"),
        ("OTA", "an OTA"),
        ("SLP", "an SLP"),
        ("MD", "an MD"),
        ("NP", "an NP"),
        ("DO", "a DO"),
        ("aide", "an aide"),
        ("student", "a student"),
        (None, "unknown"),
    ],
)
def test_a_credential_has_the_article_it_is_spoken_with(word: str | None, said: str) -> None:
    assert render("{by:article}", {"by": word}) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "0 units, 0 minutes support, 0 are"),
        (1, "1 unit, 1 minute supports, 1 is"),
        (2, "2 units, 2 minutes support, 2 are"),
        (None, "unknown units, unknown minutes support, unknown are"),
    ],
)
def test_what_is_counted_agrees_with_its_number(number: int | None, said: str) -> None:
    row = {"a": number}
    assert render("{a:count unit}, {a:count minute supports/minutes support}, {a:count is/are}", row) == said


def test_words_for_unknown_empty_lists_and_days() -> None:
    row = {"a": None, "b": [], "c": ["GP", "KX"], "d": date(2026, 3, 4), "e": "", "f": -120}

    assert render("{a} {b} {c} {d} {e} {f:money}", row) == "unknown none GP, KX 2026-03-04 none -$1.20"


def test_rules_that_read_what_is_not_given_are_refused() -> None:
    entry = book.entry("TD107")
    assert entry is not None

    with pytest.raises(ValueError, match=r"not given: claims\.date_of_service, .*claims\.rendering_npi"):
        Judge([entry.rule], given={"claims": ["claim_id", "is_history"]})
