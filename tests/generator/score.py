"""How many planted mistakes are found under the right concept, and how many clean visits are accused.

A mistake counts as found when a finding on its visit has a concept that stands for the label in `concepts.toml`, and
the same visit without the mistake does not have it: a rule that accuses everybody finds nothing.
"""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from cleanclaim.records import Clinic, Patient, Visit
from tests.generator.adapter import Judged
from tests.generator.clean import Case, Maker
from tests.generator.defects import Planted, concepts, planted

Judge = Callable[[Clinic, dict[str, Patient], Sequence[Visit], date], Sequence[Judged]]
CONCEPTS = Path(__file__).with_name("concepts.toml")
ACCUSING = frozenset({"reject", "deny", "recoup", "left"})
"""Severities that say something is wrong with a claim; advice does not."""


def accepted() -> dict[str, frozenset[str]]:
    """For each of our labels the concepts of rules that stand for it; an empty list is a gap, and counts as missed."""
    with CONCEPTS.open("rb") as file:
        table = tomllib.load(file)["concepts"]
    if set(table) != set(concepts()):
        raise ValueError(
            f"{CONCEPTS.name}: labels differ from those of the generator: {sorted(set(table) ^ set(concepts()))}"
        )
    return {label: frozenset(names) for label, names in table.items()}


@dataclass(frozen=True, slots=True)
class Miss:
    """A planted mistake that was not found, and what was said of its visits instead."""

    planted: Planted
    said: tuple[str, ...]


@dataclass
class Score:
    """Counts of a run."""

    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    missed: list[Miss] = field(default_factory=list)
    clean_visits: int = 0
    accused: dict[str, list[Judged]] = field(default_factory=dict)

    @property
    def recall(self) -> float:
        """Share of planted mistakes that were found."""
        return sum(self.found.values()) / max(1, sum(self.planted.values()))

    @property
    def false_positive_rate(self) -> float:
        """Share of clean visits with a finding that accuses."""
        return len(self.accused) / max(1, self.clean_visits)

    def lines(self) -> Iterable[str]:
        """The report, line by line."""
        yield f"clean visits accused: {len(self.accused)} of {self.clean_visits:,} ({self.false_positive_rate:.2%})"
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
        said = Counter(", ".join(miss.said) or "nothing" for miss in self.missed if miss.planted.label == label)
        return "; ".join(f"{words} ({count}x)" for words, count in said.most_common(3))


def score(judge: Judge, *, clean: int = 2000, defects: int = 2000, seed: int = 20261121) -> Score:
    """Draw clean and defective visits, have them judged, and count."""
    result = Score()
    cases = list(Maker(seed, "C").cases(clean))
    result.clean_visits = sum(len(case.visits) for case in cases)
    for visit_id, told in told_of(judge, cases).items():
        hits = [item for item in told if item.severity in ACCUSING]
        if hits:
            result.accused[visit_id] = hits
    mapping = accepted()
    mistakes = list(planted(defects, seed + 1))
    before = told_of(judge, [mistake.clean for mistake in mistakes])
    after = told_of(judge, [mistake.defective for mistake in mistakes])
    for mistake in mistakes:
        result.planted[mistake.label] += 1
        known = {item.concept for visit in mistake.clean.visits for item in before.get(visit.id, ())}
        said = {item.concept for visit_id in mistake.visit_ids for item in after.get(visit_id, ())} - known
        if said & mapping[mistake.label]:
            result.found[mistake.label] += 1
        else:
            result.missed.append(Miss(mistake, tuple(sorted(said))))
    return result


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
