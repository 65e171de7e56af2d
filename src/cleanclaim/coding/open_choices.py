"""What words leave open between codes, each as the question that a person answers.

A code is settled here only where the words settle it (three muscles needled); otherwise the choice is handed on.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from cleanclaim.coding import concepts
from cleanclaim.coding.answers import MustAsk
from cleanclaim.coding.questions import question_between

LEAST = 1.2
"""Below this many points nothing is recognized."""
_MANY_MUSCLES = 3
_UNLISTED = (
    (frozenset({"laser", "strong_laser"}), ("S8948", "97037", "97039", "0552T")),
    (frozenset({"shockwave"}), ("97039", "97139", "97799")),
)
"""Means without one code that is theirs, and the codes they are billed by."""
_NAMED_ALONE = frozenset(
    {"named_exercise", "named_reeducation", "named_activities", "named_manual", "named_gait", "named_self_care"}
)
_BOTH = ("/", "&", "+")
"""What joins two services that are named as one."""
_CONCRETE = frozenset(
    {"strength_exercise", "motion_exercise", "endurance_exercise", "control", "exercise_word", "named_exercise"}
)


def open_choices(
    text: str, total: dict[str, float], hits: Sequence[concepts.Hit], names: frozenset[str]
) -> list[MustAsk]:
    """The questions that the cues of a text leave open.

    Args:
        text: What the therapist wrote.
        total: Points by code; those of a choice that the words settle are raised in place.
        hits: The concepts found in the text.
        names: Their names.
    """
    ask: list[MustAsk] = []
    _settle_needling(total, hits, ask)
    _settle_encounter(total, names, ask)
    _settle_caregiver(total, names, ask)
    _settle_unlisted(total, names, ask)
    _settle_measuring(total, names, ask)
    _settle_purposes(total, names, ask)
    _settle_breathing(total, names, ask)
    _settle_named_together(text, hits, ask)
    return ask


def _settle_needling(total: dict[str, float], hits: Sequence[concepts.Hit], ask: list[MustAsk]) -> None:
    """Tell the two needling codes apart by the muscles named; none named is a question."""
    names = {hit.concept.name for hit in hits}
    if "dry_needling" not in names or names & {"many_muscles", "few_muscles"}:
        return
    muscles = len({(hit.start, hit.end) for hit in hits if hit.concept.name == "muscle"})
    if muscles == 0:
        ask.append(MustAsk(question_between("20560", "20561"), ("20560", "20561")))
    elif muscles >= _MANY_MUSCLES:
        total["20561"] = total.get("20561", 0.0) + 4.0


def _settle_encounter(total: dict[str, float], names: frozenset[str], ask: list[MustAsk]) -> None:
    """A device without a word on whether the encounter is the first is a question."""
    if names & {"first_encounter", "later_encounter"}:
        return
    for device, code in (("prosthesis", "97761"), ("orthosis", "97760")):
        if device in names and max(total.get(code, 0.0), total.get("97763", 0.0)) >= LEAST:
            ask.append(MustAsk(question_between(code, "97763"), (code, "97763")))


def _settle_caregiver(total: dict[str, float], names: frozenset[str], ask: list[MustAsk]) -> None:
    """A caregiver taught, without a word on whether the patient was there, is a question."""
    if "caregiver" in names and not names & {"patient_absent", "named_group"}:
        other = "97530" if total.get("97530", 0.0) > total.get("97535", 0.0) else "97535"
        ask.append(MustAsk(question_between(other, "97550"), (other, "97550")))


def _settle_unlisted(total: dict[str, float], names: frozenset[str], ask: list[MustAsk]) -> None:
    """Which code a laser or a shockwave has is for the device, the reason and the payer to say: always a question."""
    for means, codes in _UNLISTED:
        if names & means and any(total.get(code, 0.0) >= LEAST for code in codes):
            ask.append(MustAsk(question_between(*codes[1:3]), codes))


def _settle_measuring(total: dict[str, float], names: frozenset[str], ask: list[MustAsk]) -> None:
    """Range of motion measured belongs to every visit, unless it has a report of its own: a question."""
    if total.get("95851", 0.0) >= LEAST and "performance_test" not in names:
        ask.append(MustAsk(question_between("95851", "97750"), ("95851", "97750")))


def _settle_purposes(total: dict[str, float], names: frozenset[str], ask: list[MustAsk]) -> None:
    """Purposes without an exercise ("worked on strength and balance") leave open whose the minutes are: a question."""
    if {"strength_purpose", "balance"} <= names and not names & _CONCRETE and total.get("97112", 0.0) >= LEAST:
        ask.append(MustAsk(question_between("97110", "97112"), ("97110", "97112")))


def _settle_breathing(total: dict[str, float], names: frozenset[str], ask: list[MustAsk]) -> None:
    """Breathing taught is a respiratory program's code or one of the ordinary codes of therapy: a question."""
    if "breathing" in names and total.get("G0238", 0.0) >= LEAST:
        ask.append(MustAsk(question_between("97110", "G0238"), ("G0238", "97110", "97530")))


def _settle_named_together(text: str, hits: Sequence[concepts.Hit], ask: list[MustAsk]) -> None:
    """Two services named as one ("TE/NMR 30 min") leave open whose the minutes are: a question."""
    named = [hit for hit in hits if hit.concept.name in _NAMED_ALONE]
    for one, two in pairwise(named):
        if text[one.end : two.start].strip() in _BOTH and one.concept.name != two.concept.name:
            codes = tuple(max(hit.concept.points, key=lambda code: hit.concept.points[code]) for hit in (one, two))
            ask.append(MustAsk(question_between(*codes), codes))
