"""The page: what it says, what it never holds, and how large it may grow."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any

import polars as pl
import pytest

from cleanclaim.audit.archive import LeftOut
from cleanclaim.audit.block import FRAMES
from cleanclaim.audit.report import HowMade, PartlyCovering, render_report
from cleanclaim.audit.sampling import Plan, Sample, draw
from cleanclaim.audit.totals import totals_of
from cleanclaim.dates import with_written_days
from cleanclaim.rules import book
from tests.audit.made import (
    archive,
    arguments_of,
    claims_frame,
    findings_frame,
    gaps_frame,
    parted_of,
    stretches_of,
    verdicts_frame,
)

LARGEST = 1_000_000
"""Bytes that a page may have."""


class Words(HTMLParser):
    """The page as its readers have it: texts by heading, tags, and what is asked of other hosts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.asked: list[str] = []
        self.styled: list[str] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in {"src", "href", "action", "srcset", "data"} and not (value or "").startswith("#"):
                self.asked.append(value or "")
            if name == "style" or name.startswith("on"):
                self.styled.append(name)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def said(self) -> str:
        return " ".join(" ".join(self.texts).split())


def page_of(frames: dict[str, pl.DataFrame], sample: Sample | None = None, **made: Any) -> str:
    how = HowMade([("Program", "cleanclaim")], **made)
    return render_report(
        parted_of(frames), totals_of(stretches_of(frames), frames), how, as_of="2026-11-21", sample=sample
    )


@pytest.fixture(scope="module")
def page() -> str:
    frames = archive()
    sample = draw(stretches_of(frames), Plan(5, 9, ("payer",)))
    covering = [PartlyCovering("practitioner pair edits", "2024-07-01", "2024-09-30", 6)]
    return page_of(frames, sample=sample, partly_covering=covering)


def test_the_figures_stand_on_top(page: str) -> None:
    said = Words(page).said
    assert "service from Mar 4, 2026 through Apr 2, 2026, judged as of Nov 21, 2026 by 4 rules" in said
    assert said.startswith("Claims audit, Mar 4, 2026 to Apr 2, 2026")
    assert "Charged $1,300.00 unknown on 1 claims" in said
    assert "Allowed, where known $400.00 known on 4 of 6 claims" in said
    assert "Claims 6 18 billed lines; 5 claims have a finding" in said
    assert "At risk $122.00 would be rejected, denied, or paid and taken back; 2 findings have no known price" in said
    assert "Left on the table $18.12" in said
    assert "Could not be judged 4 of 21 checks, for want of an input" in said


def test_people_are_told_days_and_months_in_words(page: str) -> None:
    said = Words(page).said
    assert re.search(r"\b20\d\d-\d\d", said) is None
    assert "Mar 2026: 4 claims, $122.00 at risk, $18.12 left" in said


def test_months_are_told_in_figures_too(page: str) -> None:
    said = Words(page).said
    assert "Mar 2026 $122.00 * $18.12 * 4 4 175.0 $1,040.00 $300.00 *" in said
    assert "Apr 2026 $0.00 * $0.00 * 2 1 50.0 $260.00 $100.00 *" in said


def test_every_figure_on_top_is_defined(page: str) -> None:
    defined = re.findall(r"<dt>([^<]+)</dt>", page)
    for tile in ("Charged", "Allowed", "Paid", "At risk", "Left on the table"):
        assert tile in defined
    assert '<a href="#meaning">' in page


def test_files_that_were_not_read_are_told_the_damaged_first(page: str) -> None:
    assert "Files not read" not in page
    left_out = [LeftOut("a/readme.txt", "is not read"), LeftOut("b/march.csv", "is empty", is_damaged=True)]
    said = Words(page_of(archive(), left_out=left_out)).said
    assert "2 files of the archive, or parts of them, were not read." in said
    assert "b/march.csv is empty a/readme.txt is not read" in said


def test_what_was_paid_is_told_where_payment_files_say_it(page: str) -> None:
    assert "Paid, by" not in Words(page).said
    claims = claims_frame([{"paid_cents": 8_000}, {"paid_cents": -1_000}, {}])
    frames = {**archive(), "claims": claims, "findings": findings_frame([])}
    assert "Paid, by the archive $70.00 known on 2 of 3 claims" in Words(page_of(frames)).said


def test_a_rule_says_what_why_who_and_what_to_do(page: str) -> None:
    said = Words(page).said
    rule = book.entry("UN101")
    assert rule is not None
    assert rule.rationale.splitlines()[0] in said
    assert f"Source: {with_written_days(rule.rule.sources[0].cite())}" in said
    assert "Fix: Bill the units that the documented minutes support (a named person decides)." in said
    assert (
        "Not flagged: a payer whose method is unknown, unless the units exceed the larger of both counts (UN102)."
        in said
    )
    assert "C1 Mar 4, 2026 claim 3 timed units billed, 37 minutes support 2 $80.00" in said
    assert "5 findings on 4 claims" in said


def test_parts_are_told_with_what_is_not_known(page: str) -> None:
    said = Words(page).said
    assert "Medicare Part B (medicare_b) $115.00 * $18.12 * 5 4 140.0 $1,040.00 $400.00 *" in said
    # No claim of this payer has a known price, but one finding has.
    assert "Aetna, commercial (aetna) $7.00 * unknown 1 1 100.0 $260.00 unknown" in said
    assert "1500000017 $0.00 $9.06 1 1 100.0 $260.00 $100.00" in said


def test_no_data_is_told_apart_by_what_is_missing(page: str) -> None:
    assert "minutes of each service 1 4 the plan 1 1" in Words(page).said


def test_tables_and_sample_are_told(page: str) -> None:
    said = Words(page).said
    assert "practitioner pair edits Jul 1, 2024 Sep 30, 2024 6" in said
    assert "5 claims of 6, drawn with seed 9, stratified by payer" in said
    assert "aetna 1 1 medicare_b 5 4" in said


def test_the_page_asks_nothing_of_anybody_and_allows_no_script(page: str) -> None:
    words = Words(page)
    assert words.asked == []
    assert words.styled == []
    assert not {"script", "link", "img", "iframe", "form", "object"} & set(words.tags)
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', page)
    (style,) = re.findall(r"<style>(.*?)</style>", page, flags=re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_every_part_that_is_linked_is_there(page: str) -> None:
    anchors = set(re.findall(r'href="#([^"]+)"', page))
    assert anchors <= set(re.findall(r'id="([^"]+)"', page))
    assert anchors >= {"outcomes", "months", "rules", "payers", "clinics", "therapists", "missing", "sample", "made"}
    assert "peers-1" not in anchors


def test_text_from_files_is_no_markup() -> None:
    frames = archive()
    bad = "<b onclick=x>"
    frames["claims"] = frames["claims"].with_columns(pl.lit(bad).alias("payer"), pl.lit(bad).alias("billing_npi"))
    frames["findings"] = frames["findings"].with_columns(pl.lit(bad).alias("claim"), pl.lit(bad).alias("place"))
    page = page_of(frames)
    assert bad not in page
    assert page.count("&lt;b onclick=x&gt;") > 3


def test_rules_that_crashed_stand_before_everything() -> None:
    frames = archive()
    frames["verdicts"] = verdicts_frame([("UN101", 0, 0, 0, 0, "ValueError: no such column")])
    frames["findings"], frames["claims"] = findings_frame([]), claims_frame([{}])
    said = Words(page_of(frames)).said
    assert "UN101 ValueError: no such column" in said
    assert "No claim of this audit is clean." in said


def test_an_archive_without_findings_is_clean_as_far_as_judged() -> None:
    frames = {**archive(), "findings": findings_frame([]), "claims": claims_frame([{}])}
    assert "No finding, as far as judged." in Words(page_of(frames)).said


def test_nothing_judged_is_a_page_too() -> None:
    empty = {name: pl.DataFrame(schema=schema) for name, schema in FRAMES.items()}
    assert "0 claims with dates of service from unknown through unknown" in Words(page_of(empty)).said


def test_therapists_are_compared_only_with_enough_visits() -> None:
    rows = [
        {"rendering_npi": f"17000000{place:02}", "timed_units": 2 + place % 3}
        for place in range(12)
        for _ in range(30 if place < 10 else 29)
    ]
    page = page_of({**archive(), "claims": claims_frame(rows), "findings": findings_frame([])})
    said = Words(page).said
    assert "Therapists with 30 or more visits: 10. 2 with fewer are left out." in said
    assert "The middle half of the therapists bill 2.00 to 3.75 timed units a visit on average." in said
    assert "this is where to look, not what was found" in said
    assert page.count("<circle") == 10
    assert "1700000011: " not in page


def test_rows_set_aside_are_counted_without_their_values() -> None:
    aside = pl.DataFrame(
        [(1, 5, "units", "a whole number"), (1, 9, "units", "a whole number"), (2, 1, "date", "a date")],
        schema=FRAMES["set_aside"],
        orient="row",
    )
    said = Words(page_of({**archive(), "set_aside": aside})).said
    assert "3 cells could not be read" in said
    assert "units a whole number 2 date a date 1" in said


def test_a_page_of_everything_stays_small() -> None:
    """Every rule of the book finds something, at a thousand clinics, two thousand therapists and two hundred months."""
    rules = book.rules()
    claims = claims_frame(
        [
            {
                "payer": f"plan_{place % 3_000:04}",
                "billing_npi": f"15{place % 1_000:08}",
                "rendering_npi": f"17{place % 2_000:08}",
                "date_of_service": date(2009, 1, 15) + timedelta(days=30 * (place % 200)),
                "lost_cents": 1_000 + place,
                "findings": 1,
            }
            for place in range(60_000)
        ]
    )
    findings = findings_frame(
        [
            {"row": 1 + place, "rule": rule.code, "severity": rule.severity.value, "cents": 1_000}
            for place, rule in enumerate(rule for rule in rules for _ in range(3))
        ]
    )
    arguments = [arguments_of(code, "x" * 80) for code in findings.get_column("rule")]
    frames = {
        "claims": claims,
        "findings": findings.with_columns(pl.Series(arguments).alias("arguments")),
        "verdicts": verdicts_frame([(rule.code, 1, 3, 0, 9, "") for rule in rules]),
        "gaps": gaps_frame([(rule.code, f"input {place}", 7) for place, rule in enumerate(rules)]),
        "set_aside": pl.DataFrame(schema=FRAMES["set_aside"]),
    }
    page = page_of(frames)
    assert len(page.encode()) < LARGEST
    assert page.count("<details") == len(rules) + 1
    assert "137 earlier months are in claims.parquet" in page
    assert "2,975 more, in claims.parquet" in page
