"""What a row of the grid is, in the engine's eyes: a code with its evidence, not billed, or a question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cleanclaim.coding import EvaluationLevel, evaluation_level, suggest
from cleanclaim.records import EvaluationFindings, Intervention
from cleanclaim.reference import procedures
from cleanclaim.reference.evaluation_levels import levels
from cleanclaim.reference.procedures import Family

_STIMULATION = frozenset({"97014", "G0283", "97032"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A code that a row may be: its label and when it is right."""

    code: str
    label: str
    when: str


@dataclass(frozen=True, slots=True)
class Hint:
    """One row: `code` is what it counts as now; `candidates` are offered, with the `question` that decides.

    `helper` names the kind of question that has a helper of its own: `stimulation`, `device` or nothing.
    """

    code: str
    label: str
    is_named: bool
    why: str
    question: str
    candidates: tuple[Candidate, ...]
    not_billed: str
    document: tuple[str, ...]
    unit: str
    helper: str

    @property
    def is_open(self) -> bool:
        """Whether the question has to be answered before the row counts."""
        return bool(self.question) and not self.code and not self.not_billed


def hint_of(done: Intervention, stimulation: str | None, day: date) -> Hint:
    """The hint of one intervention.

    Args:
        done: the row; its own code decides where it has one.
        stimulation: the code for unattended stimulation that the payer takes; `None` where unknown.
        day: the date of service.
    """
    found = suggest(done.what, payer_stimulation_code=stimulation, day=day) if done.what else None
    named = procedures.get(done.code) if done.code else None
    asked = found.must_ask if found is not None else None
    best = found.best if found is not None else None
    refused = found.not_billable if found is not None and not done.code else None
    code = done.code or ("" if asked or refused or best is None else best.code)
    procedure = named or (procedures.get(code) if code else None)
    listed: list[str] = []
    question = ""
    if asked is not None:
        listed, question = list(asked.candidates), asked.question
    elif found is not None and refused is None:
        listed = [item.code for item in found.ranked]
        question = best.question if best is not None else ""
    return Hint(
        code=code,
        label=procedure.label if procedure else "",
        is_named=bool(done.code),
        why=next((item.why for item in found.ranked if item.code == code), "") if found is not None else "",
        question=question,
        candidates=tuple(candidate(item) for item in dict.fromkeys(listed)),
        not_billed=refused.explanation if refused is not None else "",
        document=procedure.document if procedure else (),
        unit=procedure.unit if procedure else "",
        helper=_helper(listed or ([code] if code else [])),
    )


def candidate(code: str) -> Candidate:
    """A code with its label and when it is right."""
    procedure = procedures.get(code)
    return Candidate(code, procedure.label, procedure.when_to_use) if procedure else Candidate(code, "", "")


def _helper(codes: list[str]) -> str:
    if _STIMULATION.intersection(codes):
        return "stimulation"
    families = {found.family for code in codes if (found := procedures.get(code)) is not None}
    return "device" if Family.ORTHOTICS in families else ""


@dataclass(frozen=True, slots=True)
class Component:
    """One component of an evaluation: whether it is documented, and the highest code that it alone would allow."""

    name: str
    label: str
    is_documented: bool
    allows: str
    governs: bool


@dataclass(frozen=True, slots=True)
class EvaluationHelp:
    """The level of an evaluation as far as documented, component by component."""

    level: EvaluationLevel
    components: tuple[Component, ...]
    codes: tuple[Candidate, ...]


_LABELS = {
    "history_factors": "History factors",
    "elements_examined": "Elements examined",
    "presentation": "Clinical presentation",
    "decision_making": "Decision making",
}


def evaluation_help(findings: EvaluationFindings) -> EvaluationHelp:
    """Which components are documented, what each allows, and which level results."""
    level = evaluation_level(findings)
    documented = sum(getattr(findings, name) is not None for name in _LABELS)
    # Where all are alike, none of them holds the others down.
    holding = level.governing if len(level.governing) < documented else ()
    components = []
    for name, label in _LABELS.items():
        value = getattr(findings, name)
        alone = evaluation_level(EvaluationFindings(**{name: value})) if value is not None else None
        components.append(Component(name, label, value is not None, alone.at_most if alone else "", name in holding))
    return EvaluationHelp(level, tuple(components), tuple(map(candidate, levels().codes)))
