"""Lines compared, limits counted, and clocks held against minutes: by brute force, and on payers of a clinic's own."""

from __future__ import annotations

import random
from itertools import combinations
from pathlib import Path

import polars as pl
import pytest

from cleanclaim.check.judge import Judge, Verdicts
from cleanclaim.facts.claims import like_lines
from cleanclaim.facts.kit import Context
from cleanclaim.lines.tables import Tables
from cleanclaim.reference.payers import load_folder
from cleanclaim.rules.book import select
from cleanclaim.rules.kit import Verdict
from cleanclaim.rules.notation import parse

CLINIC = Path(__file__).parents[3] / "examples" / "clinic-day" / "payers"
SEEDS = range(40)


def judged(rules: list[str], text: str, context: Context | None = None) -> Verdicts:
    verdicts = Judge(select(rules)).judge(parse(text), context)
    assert verdicts.crashed == {}
    return verdicts


def found(rules: list[str], text: str, context: Context | None = None) -> list[tuple[str, str]]:
    return [(item.code, item.message) for item in judged(rules, text, context).findings()]


# --- lines that stand twice ------------------------------------------------------------------------------


def random_claims(seed: int) -> str:
    draw = random.Random(seed)
    texts = []
    for number in range(draw.randint(1, 6)):
        head = "visit" if number == 0 or draw.random() < 0.5 else "history"
        claim = (
            f"{head} 2026-03-0{draw.randint(3, 4)} {draw.choice(['medicare_b', 'aetna', 'aetna', 'payer=?'])}"
            f" payer_identifier={draw.choice(['60054', '60054', '87726', 'none', '?'])}"
            f" patient_id={draw.randint(1, 2)} rendering_npi={draw.choice(['1245319599', '1003000126', '?'])}"
            f" frequency_code={draw.choice(['1', '1', '1', '8', '?'])}"
            f" knows_history={draw.choice(['true', 'true', 'false'])}"
        )
        texts.append(claim)
        texts += [
            f"  {draw.choice(['97110', '97140'])} {draw.choice(['GP', 'GP KX', 'GP 96'])}"
            f" x{draw.randint(1, 2)}{draw.choice(['', '', ' code=?', ' units=?'])}"
            for _ in range(draw.randint(1, 4))
        ]
    return "\n".join(texts)


@pytest.mark.parametrize("seed", SEEDS)
def test_many_lines_are_compared_like_few(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    text = random_claims(seed)
    names = [column.name for column in like_lines.stage.adds]
    judge = Judge(select(["DP"]), extra={"lines": names})
    few = judge.judge(parse(text)).workspace.frames["lines"]
    monkeypatch.setattr(like_lines, "_FEW", 0)
    many = judge.judge(parse(text)).workspace.frames["lines"]
    own = pl.col("is_history").not_()
    assert many.filter(own).select(names).equals(few.filter(own).select(names))


@pytest.mark.parametrize(
    ("own", "other", "verdict"),
    [
        ("payer=? payer_identifier=60054", "payer=? payer_identifier=60054", Verdict.FINDING),
        # One of the two read with a payer file at hand, the other without.
        ("payer=? payer_identifier=60054", "aetna payer_identifier=60054", Verdict.FINDING),
        ("payer=? payer_identifier=60054", "payer=? payer_identifier=87726", Verdict.NO_DATA),
        ("payer=? payer_identifier=?", "payer=? payer_identifier=?", Verdict.NO_DATA),
        ("payer=? payer_identifier=none", "payer=? payer_identifier=none", Verdict.NO_DATA),
        # Files are known on both sides: they decide, whatever the numbers.
        ("aetna payer_identifier=60054", "medicare_b payer_identifier=60054", Verdict.PASS),
        ("aetna payer_identifier=60054", "aetna payer_identifier=87726", Verdict.FINDING),
        ("payer=? payer_identifier=60054", "payer=? payer_identifier=60054 rendering_npi=1003000126", Verdict.PASS),
        ("payer=? payer_identifier=60054", "payer=? payer_identifier=60054 rendering_npi=?", Verdict.NO_DATA),
        ("payer=? payer_identifier=60054", "payer=? payer_identifier=60054 patient_id=2", Verdict.PASS),
    ],
)
def test_a_payer_without_a_file_is_known_by_its_identifier(own: str, other: str, verdict: Verdict) -> None:
    line = "\n 97110 GP x2 30min\n"
    verdicts = judged(["DP103"], f"visit 2026-03-04 {own}{line}history 2026-03-04 {other}{line}")
    assert verdicts.of(verdicts.judge.rules[0]).to_list()[0] == verdict


def test_a_void_in_the_batch_takes_the_first_claim_away() -> None:
    first = "visit 2026-03-04 aetna\n 97110 GP x2 30min\n"
    void = "history 2026-03-04 aetna frequency_code=8 original_reference=R7\n 97110 GP x2 30min\n"
    again = "visit 2026-03-04 aetna\n 97110 GP x2 30min\n"
    repeated = [("DP103", "97110 GP of 2026-03-04 is on claim C1 already")]
    assert found(["DP103"], first + again) == repeated
    assert found(["DP103"], first + void + again) == []


# --- limits of a day and of visits -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def own_payers() -> Context:
    return Context(payers={payer.id: payer for payer in load_folder(CLINIC)})


@pytest.mark.parametrize(("units", "expected"), [(3, 0), (4, 0), (5, 1)])
def test_a_limit_on_timed_units_leaves_others_out(units: int, expected: int, own_payers: Context) -> None:
    text = f"visit 2026-03-04 prairie_health_plan\n 97110 GP x{units}\n 97161 GP x1\n 97012 GP x1"
    assert len(found(["PY101"], text, own_payers)) == expected


@pytest.mark.parametrize(("earlier", "expected"), [(28, []), (29, []), (30, ["PY103"])])
def test_visits_count_by_the_calendar_year(earlier: int, expected: list[str], own_payers: Context) -> None:
    days = [f"2026-0{1 + day // 28}-{1 + day % 28:02d}" for day in range(earlier)]
    visit = "visit 2026-03-04 prairie_health_plan\n 97110 GP x1\n"
    same_year = "".join(f"history {day} prairie_health_plan discipline=OT\n 97535 GO x1\n" for day in days)
    year_before = "".join(f"history 2025-12-{day:02d} prairie_health_plan\n 97110 GP x1\n" for day in range(1, 29))
    later = "history 2026-03-05 prairie_health_plan\n 97110 GP x1\n"
    assert [code for code, _ in found(["PY103"], visit + same_year + year_before + later, own_payers)] == expected


def test_two_visits_of_a_day_are_one_visit() -> None:
    case = "wc_ca claim_number=K1"
    days = "".join(f"history 2026-01-{day:02d} {case}\n 97110 x1\n" for day in range(1, 24))
    twice = f"history 2026-01-23 {case}\n 97140 x1\n"
    assert found(["PY103"], f"visit 2026-03-04 {case}\n 97110 x1\n{days}{twice}") == []
    one_more = f"history 2026-01-24 {case}\n 97110 x1\n"
    assert len(found(["PY103"], f"visit 2026-03-04 {case}\n 97110 x1\n{days}{one_more}")) == 1


def test_both_claims_of_a_day_above_the_limit_are_told() -> None:
    text = "visit 2026-03-04 uhc_commercial\n 97110 GP x3\nvisit 2026-03-04 uhc_commercial\n 97140 GP x2"
    assert [message.split(" ")[0] for _, message in found(["PY101"], text)] == ["3", "2"]


def test_an_unknown_therapist_leaves_the_days_total_open() -> None:
    text = (
        "visit 2026-03-04 uhc_commercial\n 97110 GP x3\nhistory 2026-03-04 uhc_commercial rendering_npi=?\n 97140 GP x1"
    )
    verdicts = judged(["PY101"], text)
    assert verdicts.findings() == []
    assert [item.code for item in verdicts.unjudged()] == ["PY101"]


# --- one therapist's clock ---------------------------------------------------------------------------------


def random_day(seed: int) -> tuple[str, list[tuple[int, int, int]]]:
    """Visits of one therapist: each with its start, length and one-on-one minutes."""
    draw = random.Random(seed)
    visits = []
    for _ in range(draw.randint(2, 6)):
        length = draw.choice([30, 45, 60])
        visits.append((600 + 5 * draw.randint(0, 30), length, draw.randint(length // 2, length)))
    text = "".join(
        f"visit 2026-03-04 medicare_b patient_id={number} visit_starts_at={start} visit_minutes={length}\n"
        f" 97110 GP x2 {minutes}min\n"
        for number, (start, length, minutes) in enumerate(visits, start=1)
    )
    return text, visits


def overbooked(visits: list[tuple[int, int, int]]) -> set[int]:
    """By brute force: visits inside the narrowest times for which some group of visits claims more than there is."""
    tight = set()
    for size in range(1, len(visits) + 1):
        for group in combinations(visits, size):
            start, end = min(visit[0] for visit in group), max(visit[0] + visit[1] for visit in group)
            if sum(visit[2] for visit in group) > end - start:
                tight.add((start, end))
    narrowest = [
        (start, end)
        for start, end in tight
        if not any((start, end) != other and start <= other[0] and other[1] <= end for other in tight)
    ]
    return {
        number
        for number, (begins, length, _) in enumerate(visits)
        if any(start <= begins and begins + length <= end for start, end in narrowest)
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_minutes_fit_the_clock_or_are_told(seed: int) -> None:
    text, visits = random_day(seed)
    verdicts = judged(["TD102"], text)
    assert verdicts.unjudged() == []
    assert {item.claim_id for item in verdicts.findings()} == overbooked(visits)


@pytest.mark.parametrize("seed", SEEDS)
def test_services_that_overlap_are_told(seed: int) -> None:
    draw = random.Random(seed)
    services, text = [], ""
    for patient in range(1, draw.randint(2, 6)):
        text += f"visit 2026-03-04 medicare_b patient_id={patient}\n 97110 GP x1 15min\n"
        for _ in range(draw.randint(1, 3)):
            start, minutes = 600 + draw.randint(0, 90), draw.randint(8, 30)
            services.append((patient, start, start + minutes))
            text += f" did 97110 {minutes}min starts_at={start}\n"
    expected = [
        number
        for number, (patient, start, end) in enumerate(services)
        if any(other != patient and begins < end and start < ends for other, begins, ends in services)
    ]
    assert sorted(item.key for item in judged(["TD101"], text).findings()) == expected


def test_visits_apart_by_the_clock_need_no_times_of_services() -> None:
    morning = "visit 2026-03-04 medicare_b visit_starts_at=540 visit_minutes=45\n 97110 GP x2 30min\n"
    noon = "history 2026-03-04 medicare_b patient_id=2 visit_starts_at={} visit_minutes=45\n 97110 GP x2 30min\n"
    assert judged(["TD101"], morning + noon.format(585)).unjudged() == []
    assert [item.code for item in judged(["TD101"], morning + noon.format(584)).unjudged()] == ["TD101"]


def test_a_visit_apart_fits_the_clock_whatever_the_others_minutes() -> None:
    morning = "visit 2026-03-04 medicare_b visit_starts_at=540 visit_minutes=45\n 97110 GP x2 30min\n"
    noon = "history 2026-03-04 medicare_b patient_id=2 visit_starts_at={} visit_minutes=45\n 97110 GP x2 ?min\n"
    assert judged(["TD102"], morning + noon.format(585)).unjudged() == []
    assert [item.code for item in judged(["TD102"], morning + noon.format(584)).unjudged()] == ["TD102"]


def test_a_group_elsewhere_is_not_one_on_one() -> None:
    one = "visit 2026-03-04 medicare_b\n 97110 GP x1 15min\n did 97110 15min starts_at=600\n"
    group = "history 2026-03-04 medicare_b patient_id=2\n 97150 GP x1\n did 97150 30min starts_at=600 group_size=3\n"
    assert judged(["TD101"], one + group).findings() == []


def test_supervised_modalities_leave_the_therapist_free() -> None:
    one = "visit 2026-03-04 medicare_b\n 97110 GP x1 15min\n did 97110 15min starts_at=600\n"
    heat = "history 2026-03-04 medicare_b patient_id=2\n G0283 GP x1\n did G0283 30min starts_at=600\n"
    verdicts = judged(["TD101"], one + heat)
    assert (verdicts.findings(), verdicts.unjudged()) == ([], [])


def test_one_claim_alone_is_no_day_of_several_patients() -> None:
    tables: Tables = parse("visit 2026-03-04 medicare_b\n 97110 GP x2 30min")
    verdicts = Judge(select(["TD"])).judge(tables)
    assert (verdicts.findings(), verdicts.unjudged()) == ([], [])


@pytest.mark.parametrize(("day", "expected"), [("2026-03-04", ["TD101", "TD102", "TD103"]), ("2026-03-05", [])])
def test_a_visit_of_an_unknown_therapist_may_be_of_this_one(day: str, expected: list[str]) -> None:
    times = "visit_starts_at={} visit_minutes=30"
    text = (
        f"visit 2026-03-04 medicare_b {times.format(540)}\n 97110 GP x2 30min\n"
        f"history 2026-03-04 medicare_b patient_id=2 {times.format(600)}\n 97110 GP x2 30min\n"
        f"history {day} medicare_b patient_id=3 rendering_npi=? {times.format(540)}\n 97110 GP x2 30min\n"
    )
    verdicts = judged(["TD101", "TD102", "TD103"], text)
    assert verdicts.findings() == []
    assert [item.code for item in verdicts.unjudged()] == expected
