"""How many planted mistakes are found under the right concept, and how many clean claims are accused.

Claims come by four ways: visits that are billed, claim files, flat rows, and archives of many therapists. A mistake
counts as found when a finding on its claim has a concept that stands for the label in `concepts.toml`, and the same
claim without the mistake does not have it: a rule that accuses everybody finds nothing.
"""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from cleanclaim.records import Clinic, Patient, Visit
from tests.generator.adapter import CRASHED, UNREADABLE, Judged, judge_files, judge_rows
from tests.generator.archives import KINDS, archives, clean_archives
from tests.generator.clean import Case, Maker, Wish
from tests.generator.damage import DAMAGES, damaged
from tests.generator.defects import concepts, planted
from tests.generator.filing import Filer, Filing
from tests.generator.near_misses import near_misses
from tests.generator.row_defects import SLIPS, slipped
from tests.generator.rows import Flat, flats

Judge = Callable[[Clinic, dict[str, Patient], Sequence[Visit], date], Sequence[Judged]]
Told = Mapping[str, Sequence[Judged]]
CONCEPTS = Path(__file__).with_name("concepts.toml")
ACCUSING = frozenset({"reject", "deny", "recoup", "left", UNREADABLE, CRASHED})
"""Severities that say something is wrong with a claim; advice does not."""
MEDICARE = Wish(payer="medicare_b")


def labels() -> set[str]:
    """Every kind of mistake, by whatever way its claims come."""
    return {*concepts(), *DAMAGES, *SLIPS, *KINDS}


@cache
def accepted() -> dict[str, frozenset[str]]:
    """For each of our labels the concepts of rules that stand for it; an empty list is a gap, and counts as missed."""
    with CONCEPTS.open("rb") as file:
        table = tomllib.load(file)["concepts"]
    if set(table) != labels():
        raise ValueError(f"{CONCEPTS.name}: labels differ from those of the generator: {sorted(set(table) ^ labels())}")
    return {label: frozenset(names) for label, names in table.items()}


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is drawn: clean visits, claim files, rows and archives, and mistakes of each way."""

    visits: int = 2_400
    near_misses: int = 400
    files: int = 1_100
    rows: int = 500
    """Clean cases of flat rows, of one to four claims each."""
    archives: int = 2
    visit_defects: int = 2_600
    file_defects: int = 1_600
    row_defects: int = 800
    archive_rounds: int = 4


@dataclass(frozen=True, slots=True)
class Miss:
    """A planted mistake that was not found, and what was said of its claims instead."""

    label: str
    payer: str
    said: tuple[str, ...]


@dataclass
class Score:
    """Counts of a run."""

    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    missed: list[Miss] = field(default_factory=list)
    clean: Counter[str] = field(default_factory=Counter)
    """Clean claims by the way they come."""
    accused: dict[str, list[Judged]] = field(default_factory=dict)

    @property
    def recall(self) -> float:
        """Share of planted mistakes that were found."""
        return sum(self.found.values()) / max(1, sum(self.planted.values()))

    @property
    def false_positive_rate(self) -> float:
        """Share of clean claims with a finding that accuses."""
        return len(self.accused) / max(1, self.clean.total())

    def lines(self) -> Iterable[str]:
        """The report, line by line."""
        ways = ", ".join(f"{count:,} {way}" for way, count in self.clean.items())
        yield f"clean claims accused: {len(self.accused)} of {self.clean.total():,} ({self.false_positive_rate:.2%}): {ways}"
        for (code, concept), count in Counter(
            (j.code, j.concept) for all_ in self.accused.values() for j in all_
        ).most_common():
            example = next(key for key, all_ in self.accused.items() if any(j.code == code for j in all_))
            yield f"  {code} {concept}: {count} findings, such as {example}"
        yield f"defects found under the right concept: {sum(self.found.values()):,} of {sum(self.planted.values()):,} ({self.recall:.2%}), {len(self.planted)} kinds"
        for label in sorted(self.planted, key=lambda name: (self.found[name] / self.planted[name], name)):
            if self.found[label] < self.planted[label]:
                yield f"  {label}: {self.found[label]} of {self.planted[label]}; the missed were told {self._said(label)}"

    def _said(self, label: str) -> str:
        said = Counter(", ".join(miss.said) or "nothing" for miss in self.missed if miss.label == label)
        return "; ".join(f"{words} ({count}x)" for words, count in said.most_common(3))

    def acquit(self, way: str, keys: Iterable[str], told: Told) -> None:
        """Count clean claims, and those of them that are accused."""
        for key in keys:
            self.clean[way] += 1
            hits = [item for item in told.get(key, ()) if item.severity in ACCUSING]
            if hits:
                self.accused[key] = hits

    def weigh(self, label: str, payer: str, before: Iterable[Judged], after: Iterable[Judged]) -> None:
        """Count one mistake by what is said of its claims with it and is not said without it."""
        said = {item.concept for item in after} - {item.concept for item in before}
        self.planted[label] += 1
        if said & _accepted_for(label):
            self.found[label] += 1
        else:
            self.missed.append(Miss(label, payer, tuple(sorted(said))))


@cache
def _accepted_for(label: str) -> frozenset[str]:
    return accepted()[label]


def score(judge: Judge, sizes: Sizes | None = None, *, seed: int = 20261121) -> Score:
    """Draw clean and defective claims, have them judged, and count."""
    wanted = sizes or Sizes()
    result = Score()
    _score_visits(result, judge, wanted, seed)
    _score_files(result, wanted, seed + 1000)
    _score_rows(result, wanted, seed + 2000)
    _score_archives(result, wanted, seed + 3000)
    return result


def _score_visits(result: Score, judge: Judge, sizes: Sizes, seed: int) -> None:
    clean = list(Maker(seed, "C").cases(sizes.visits)) if sizes.visits else []
    close = [case for _, case in near_misses(sizes.near_misses, seed + 2)]
    for way, cases in (("visits", clean), ("visits just inside a limit", close)):
        result.acquit(way, [visit.id for case in cases for visit in case.visits], told_of(judge, cases))
    mistakes = list(planted(sizes.visit_defects, seed + 1))
    before = told_of(judge, [mistake.clean for mistake in mistakes])
    after = told_of(judge, [mistake.defective for mistake in mistakes])
    for mistake in mistakes:
        known = [item for visit in mistake.clean.visits for item in before.get(visit.id, ())]
        said = [item for visit_id in mistake.visit_ids for item in after.get(visit_id, ())]
        result.weigh(mistake.label, mistake.clean.payer, known, said)


def _score_files(result: Score, sizes: Sizes, seed: int) -> None:
    wishes = [
        Filing(MEDICARE, second=number % 8 == 6, medicare_second=number % 8 == 7) if number % 8 > 5 else Filing(Wish())
        for number in range(sizes.files)
    ]
    clean = Filer(seed, "G").claims(wishes)
    result.acquit(
        "claim files", [filed.key for filed in clean], _told_of_files([(f.as_of, f.text.data()) for f in clean])
    )
    mistakes = damaged(sizes.file_defects, seed + 1)
    before = _told_of_files([(mistake.clean.as_of, mistake.clean.text.data()) for mistake in mistakes])
    single = [mistake for mistake in mistakes if len(mistake.texts) == 1]
    after = _told_of_files([(mistake.clean.as_of, mistake.texts[0].data()) for mistake in single])
    # What several claims show together is told once for all of them, so they have a file to themselves.
    for mistake in mistakes:
        if len(mistake.texts) > 1:
            after |= _told_of_files([(mistake.clean.as_of, text.data()) for text in mistake.texts])
    for mistake in mistakes:
        said = [item for key in mistake.keys for item in after.get(key, ())]
        result.weigh(mistake.label, mistake.clean.payer, before.get(mistake.clean.key, ()), said)


def _score_rows(result: Score, sizes: Sizes, seed: int) -> None:
    clean = flats(Maker(seed, "R"), [Wish()] * sizes.rows)
    result.acquit("claims in rows", [key for rows in clean for key in rows.keys], _told_of_rows(clean))
    mistakes = slipped(sizes.row_defects, seed + 1)
    before = _told_of_rows([mistake.clean for mistake in mistakes])
    after = _told_of_rows([mistake.defective for mistake in mistakes])
    for mistake in mistakes:
        known = [item for key in mistake.clean.keys for item in before.get(key, ())]
        said = [item for key in mistake.keys for item in after.get(key, ())]
        result.weigh(mistake.label, mistake.clean.payer, known, said)


def _score_archives(result: Score, sizes: Sizes, seed: int) -> None:
    quiet = clean_archives(sizes.archives, seed)
    for one in quiet:
        result.acquit("claims in archives", one.keys, _told_of_rows([one.rows]))
    for one in archives(sizes.archive_rounds, seed + 1):
        told = _told_of_rows([one.rows])
        said = [item for key in one.keys for item in told.get(key, ())]
        result.weigh(one.label, one.rows.payer, (), said)


def told_of(judge: Judge, cases: Sequence[Case]) -> dict[str, list[Judged]]:
    """Findings by visit; cases of one clinic and one day of judgement are judged together."""
    batches: dict[tuple[str, date, str], list[Case]] = defaultdict(list)
    names: dict[int, str] = {}
    for case in cases:
        name = names.setdefault(id(case.clinic), case.clinic.model_dump_json())
        batches[name, case.as_of, case.patient.id if case.alone else ""].append(case)
    told: dict[str, list[Judged]] = defaultdict(list)
    for (_, as_of, _), batch in sorted(batches.items(), key=lambda item: item[0]):
        people = {patient.id: patient for case in batch for patient in case.patients}
        visits = sorted(
            (visit for case in batch for visit in case.visits), key=lambda visit: (visit.date_of_service, visit.id)
        )
        for item in judge(batch[0].clinic, people, visits, as_of):
            told[item.visit_id].append(item)
    return told


def _told_of_files(files: Sequence[tuple[date, bytes]]) -> dict[str, list[Judged]]:
    """Findings by the clinic's number of the claim; files of one day of judgement are judged together."""
    batches: dict[date, list[bytes]] = defaultdict(list)
    for as_of, data in files:
        batches[as_of].append(data)
    return _by_key(item for as_of, batch in sorted(batches.items()) for item in judge_files(batch, as_of))


def _told_of_rows(cases: Sequence[Flat]) -> dict[str, list[Judged]]:
    """Findings by the number of the claim; cases of one day of judgement are judged together."""
    batches: dict[date, list[Flat]] = defaultdict(list)
    for case in cases:
        batches[case.as_of].append(case)
    return _by_key(
        item
        for as_of, batch in sorted(batches.items())
        for item in judge_rows([row for case in batch for row in case.rows], as_of)
    )


def _by_key(items: Iterable[Judged]) -> dict[str, list[Judged]]:
    told: dict[str, list[Judged]] = defaultdict(list)
    for item in items:
        told[item.visit_id].append(item)
    return told
