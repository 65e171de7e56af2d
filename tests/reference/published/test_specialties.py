"""Claims of other specialties against loaded tables: surgeons, physicians, chiropractors, laboratories, radiology.

The rows are a few of CMS's own, as they stood on 2024-07-01, in an edition made up here. What each claim must be told
follows from those rows and from the modifiers that the NCCI policy manual, chapter I, lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from cleanclaim.check.fixes import apply
from cleanclaim.check.judge import Judge
from cleanclaim.reference.published.editions import refresh
from cleanclaim.reference.published.load import load_files
from cleanclaim.rules.book import rules
from cleanclaim.rules.notation import parse
from tests.reference.published.files import PTP_ROWS, Cells, ptp, write
from tests.reference.published.test_edits import MUE_NAME, aoc, mue_file

TODAY = date(2026, 11, 21)
_SINCE = "20200101"
PAIRS: tuple[Cells, ...] = tuple(
    (first, second, "", _SINCE, "*", indicator, "Standards of medical / surgical practice")
    for first, second, indicator in (
        ("20610", "99213", "1"),
        ("11055", "11720", "1"),
        ("45385", "45380", "1"),
        ("45385", "45378", "0"),
        ("66982", "66984", "1"),
        ("80053", "82040", "1"),
        ("90837", "90833", "0"),
        ("93000", "93010", "1"),
        ("98941", "97140", "1"),
    )
)
LIMITS: tuple[Cells, ...] = (
    ("11045", "12", "3 Date of Service Edit: Clinical", "Clinical: Data"),
    ("17003", "13", "2 Date of Service Edit: Policy", "Code Descriptor / CPT Instruction"),
    ("66984", "1", "2 Date of Service Edit: Policy", "CMS Policy"),
    ("73721", "3", "3 Date of Service Edit: Clinical", "Clinical: Data"),
    ("J1100", "120", "1 Line Edit", "Prescribing Information"),
)
ADD_ONS: tuple[Cells, ...] = tuple(
    (add_on, base, "1", "0", "0", "2013091", "0", "")
    for add_on, base in (("11045", "11042"), ("17003", "17000"), ("90833", "99213"), ("90833", "99214"))
)
CLAIMS: tuple[tuple[str, str, list[str]], ...] = (
    ("knee surgery, one in the other", "29881 RT / 29877 RT", ["PR101"]),
    ("knee surgery, a modifier that helps nothing", "29881 RT / 29877 59", ["PR103"]),
    ("injection and visit", "20610 / 99213", ["PR102"]),
    ("injection and visit apart", "20610 / 99213 25", []),
    ("injection of a side and visit", "20610 RT / 99213", ["PR102"]),
    ("25 is of visits alone", "20610 25 / 99213", ["PR102"]),
    ("manipulation and manual therapy", "98941 AT / 97140 GP", ["PR102"]),
    ("manipulation and manual therapy apart", "98941 AT / 97140 GP 59", []),
    ("25 on manual therapy says nothing", "98941 AT / 97140 GP 25", ["PR102"]),
    ("panel and its part", "80053 / 82040", ["PR102"]),
    ("panel and its part repeated", "80053 / 82040 91", []),
    ("91 is of tests alone", "45385 / 45380 91", ["PR102"]),
    ("panel and the smaller panel", "80053 / 80048", ["PR101"]),
    ("endoscopy with biopsy", "45385 / 45380", ["PR102"]),
    ("endoscopy with biopsy elsewhere", "45385 / 45380 XS", []),
    ("endoscopy and looking alone", "45385 / 45378", ["PR101"]),
    ("nails and skin of two toes", "11720 T1 / 11055 T5", []),
    ("nails and skin of one toe", "11720 T1 / 11055 T1", ["PR102"]),
    ("nails of a toe and skin of none", "11720 T1 / 11055", ["PR102"]),
    ("two eyes", "66982 RT / 66984 LT", []),
    ("one eye", "66982 RT / 66984 RT", ["PR102"]),
    ("staged", "66982 RT / 66984 RT 58", []),
    ("tracing and its reading", "93000 / 93010", ["PR102"]),
    ("two units where one is ever paid", "66984 RT x2", ["MU102"]),
    ("add-on without its base", "11045 x2", ["CD120"]),
    ("add-on with its base", "11042 / 11045 x12", []),
    ("add-on above its limit", "11042 / 11045 x13", ["MU103"]),
    ("destruction, fourteen further", "17000 / 17003 x14", ["MU102"]),
    ("destruction, thirteen further", "17000 / 17003 x13", []),
    ("psychotherapy of two kinds", "90837 / 90833", ["CD120", "PR101"]),
    ("psychotherapy beside a visit", "99214 / 90833", []),
    ("both parts of an image", "73721 26 RT $150.00 / 73721 TC RT $400.00", []),
    ("one part of an image twice", "73721 26 RT $150.00 / 73721 26 RT $150.00", ["DP101"]),
    ("one part of an image at two charges", "73721 26 RT $150.00 / 73721 26 LT $160.00", ["CH102"]),
    ("surgeon and assistant", "29881 RT $1500.00 / 29881 RT 80 $300.00", []),
)
SELECTED = ("PR", "MU", "CD1", "DP", "CH102")


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    """The rules on codes of one day, with the small tables loaded."""
    folder = tmp_path_factory.mktemp("specialties")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLEANCLAIM_DATA", str(folder / "data"))
        refresh()
        load_files(
            [
                write(folder / "ccipra-v322r0-f1.txt", ptp((*PTP_ROWS, *PAIRS))),
                mue_file(folder / MUE_NAME, LIMITS),
                aoc(folder / "AOC_V2026Q3-MCR.xlsx", ADD_ONS),
            ],
            today=TODAY,
        )
        yield Judge([rule for rule in rules() if rule.code.startswith(SELECTED)])
    refresh()


def claim(lines: str) -> str:
    """A claim of a physician in the claim notation: lines parted by slashes."""
    head = "visit 2026-08-04 medicare_b rendering_credential=MD rendering_taxonomy=207X00000X"
    said = [line if " x" in line else f"{line} x1" for line in lines.split(" / ")]
    return "\n".join([head, "  dx M17.11", *(f"  {line}" for line in said)])


@pytest.mark.parametrize(("lines", "expected"), [row[1:] for row in CLAIMS], ids=[row[0] for row in CLAIMS])
def test_claims_of_other_specialties(judge: Judge, lines: str, expected: list[str]) -> None:
    verdicts = judge.judge(parse(claim(lines)))
    assert verdicts.crashed == {}
    assert sorted(finding.code for finding in verdicts.findings()) == expected


@pytest.mark.parametrize(
    ("lines", "says", "modifiers"),
    [
        (
            "20610 / 99213",
            (
                "20610 and 99213 on one day without 25 on the visit; by the edition of 2026-07-01 99213 is paid only as a "
                "visit that stands apart (no times noted)"
            ),
            ["25"],
        ),
        (
            "80053 / 82040",
            (
                "80053 and 82040 on one day without 59 or an X modifier; by the edition of 2026-07-01 82040 is paid only "
                "at a separate time (no times noted)"
            ),
            ["59"],
        ),
    ],
)
def test_a_visit_is_asked_for_its_own_modifier(judge: Judge, lines: str, says: str, modifiers: list[str]) -> None:
    tables = parse(claim(lines))
    [finding] = judge.judge(tables).findings()
    assert finding.message == says
    applied = apply(tables, finding.changes)
    assert applied.refused == ()
    assert applied.tables.lines.get_column("modifiers").to_list() == [[], modifiers]
    assert judge.judge(applied.tables).findings() == []
