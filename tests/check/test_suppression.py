"""Suppressions: which findings an entry meets, on which days, when it is stale, and how strictly the file is read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from cleanclaim.check.findings import Finding
from cleanclaim.check.suppression import (
    Standing,
    Suppression,
    SuppressionFileError,
    part,
    read_suppressions,
    stale,
)

ENTRY = Suppression("C1", "UN101", "minutes are in the paper chart", "D. Reyes", date(2026, 3, 10), line=1)
DAY = date(2026, 3, 20)


def finding(claim_id: int = 0, code: str = "UN101", place: str = "day") -> Finding:
    return Finding(code, "a-defect", "deny", "days", 0, claim_id, place, "said")


# --- meeting findings ------------------------------------------------------------------------------------


def test_an_entry_meets_its_rule_on_its_claim_and_nothing_else() -> None:
    findings = [finding(0), finding(1), finding(0, "UN102"), finding(0, place="line 2")]
    shown, hidden = part(findings, ["C1", "C2"], [ENTRY], DAY)
    assert shown == (findings[1], findings[2])
    assert [(one.finding, one.suppression) for one in hidden] == [(findings[0], ENTRY), (findings[3], ENTRY)]


def test_an_entry_with_a_place_meets_that_place_alone() -> None:
    at_line = replace(ENTRY, place="line 2")
    findings = [finding(place="line 1"), finding(place="line 2")]
    assert part(findings, ["C1"], [at_line], DAY)[0] == (findings[0],)
    both = part(findings, ["C1"], [at_line, ENTRY], DAY)[1]
    assert [one.suppression for one in both] == [ENTRY, at_line]


@pytest.mark.parametrize(
    ("day", "holds"),
    [
        (date(2026, 3, 9), False),
        (date(2026, 3, 10), True),
        (date(2026, 6, 30), True),
        (date(2026, 7, 1), False),
    ],
)
def test_an_entry_holds_from_its_day_through_its_last(day: date, *, holds: bool) -> None:
    entry = replace(ENTRY, until=date(2026, 6, 30))
    assert entry.holds_on(day) is holds
    assert len(part([finding()], ["C1"], [entry], day)[1]) == int(holds)


# --- stale -----------------------------------------------------------------------------------------------


def _stale(
    entry: Suppression,
    *,
    met: tuple[Suppression, ...] = (),
    judged: tuple[str, ...] = ("C1",),
    ran: tuple[str, ...] = ("UN101",),
    unjudged: tuple[tuple[str, str], ...] = (),
    day: date = DAY,
) -> list[Standing]:
    found = stale([entry], set(met), judged=set(judged), ran=set(ran), unjudged=set(unjudged), day=day)
    return [one.standing for one in found]


def test_an_entry_without_its_finding_is_stale() -> None:
    assert _stale(ENTRY) == [Standing.NO_SUCH_FINDING]
    assert _stale(ENTRY, met=(ENTRY,)) == []


def test_an_entry_is_not_stale_where_nobody_can_say() -> None:
    assert _stale(ENTRY, judged=("C2",)) == []
    assert _stale(ENTRY, ran=("UN102",)) == []
    assert _stale(ENTRY, unjudged=(("C1", "UN101"),)) == []
    assert _stale(ENTRY, unjudged=(("C1", "UN102"), ("C2", "UN101"))) == [Standing.NO_SUCH_FINDING]
    assert _stale(ENTRY, day=date(2026, 3, 9)) == []


def test_an_entry_past_its_last_day_has_ended_whatever_the_rule_says() -> None:
    entry = replace(ENTRY, until=date(2026, 3, 19))
    assert _stale(entry) == [Standing.ENDED]
    assert _stale(entry, unjudged=(("C1", "UN101"),)) == [Standing.ENDED]
    assert _stale(entry, day=date(2026, 3, 19)) == [Standing.NO_SUCH_FINDING]


# --- the file --------------------------------------------------------------------------------------------

GOOD = """# reviewed in March
[[suppress]]
claim = "C1"
rule = "un101"
reason = " minutes are in the paper chart "
by = "D. Reyes"
on = 2026-03-10

[[suppress]]
claim = "C1"
rule = "UN101"
place = "line 2"
reason = "same"
by = "D. Reyes"
on = 2026-03-10
until = 2026-06-30
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "suppressions.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_is_read_entry_by_entry(tmp_path: Path) -> None:
    assert read_suppressions(written(tmp_path, GOOD)) == (
        replace(ENTRY, line=2),
        Suppression("C1", "UN101", "same", "D. Reyes", date(2026, 3, 10), date(2026, 6, 30), "line 2", line=9),
    )
    assert read_suppressions(written(tmp_path, "")) == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('reason = " minutes are in the paper chart "\n', "", "line 2: suppress[0].reason is missing; expected text of 1 to 300 characters"),
        ('by = "D. Reyes"\non = 2026-03-10\n\n', 'by = " "\non = 2026-03-10\n\n', "line 6: suppress[0].by has ' '; expected text"),
        ('rule = "un101"', 'rule = "UN"', "line 4: suppress[0].rule has 'UN'; expected the whole code of one rule, such as UN101"),
        ("on = 2026-03-10\n\n", "\n\n", "line 2: suppress[0].on is missing; expected the day on which it was decided"),
        ("on = 2026-03-10\n\n", 'on = "2026-03-10"\n\n', "line 7: suppress[0].on has '2026-03-10'; expected a date such as 2026-01-31, without quotes"),
        ("until = 2026-06-30", "until = 2026-03-09", "line 16: suppress[1].until has '2026-03-09'; expected a day not before 2026-03-10"),
        ("until = 2026-06-30", "til = 2026-06-30", "line 16: suppress[1].til has 'til'; expected one of the keys claim, rule, place, "),
        ('place = "line 2"\n', "", "line 9: suppress[1] has 'UN101 again'; expected each claim, rule and place once; the first is on line 2"),
        ("# reviewed", "claims = 1 # reviewed", "line 1: claims has 'claims'; expected [[suppress]] tables only"),
        ('claim = "C1"\nrule = "un101"', 'claim = 77123\nrule = "un101"', "line 3: suppress[0].claim cannot be used; expected text"),
    ],
)  # fmt: skip
def test_a_problem_names_file_line_key_and_expectation(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert GOOD.count(old) == 1
    path = written(tmp_path, GOOD.replace(old, new))
    with pytest.raises(SuppressionFileError) as caught:
        read_suppressions(path)
    assert str(caught.value).startswith(f"{path}, {said}")
    assert "77123" not in str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SuppressionFileError, match=r"absent\.toml: cannot be read: .*; expected a TOML file"):
        read_suppressions(tmp_path / "absent.toml")
    with pytest.raises(SuppressionFileError, match=r"is not TOML: .*; expected \[\[suppress\]\] tables"):
        read_suppressions(written(tmp_path, "suppress = ["))
    with pytest.raises(SuppressionFileError, match="suppress has 1; expected"):
        read_suppressions(written(tmp_path, "suppress = 1"))
    with pytest.raises(SuppressionFileError, match=r"suppress\[0\] has 1; expected a table with claim, rule"):
        read_suppressions(written(tmp_path, "suppress = [1]"))
    path = tmp_path / "latin.toml"
    path.write_bytes(b'a = "\xe9"')
    with pytest.raises(SuppressionFileError, match="is not UTF-8 at byte 5"):
        read_suppressions(path)
