"""From a therapist's words to ranked codes, with evidence, or to "not billed", or to a question.

Two kinds of evidence are added: cues (words that speak for a code, `data/concepts.toml`) and likeness to phrases
that therapists use for the code (`data/aliases/*.toml`, and the labels and examples of the reference table).
Nothing here knows a price.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache, lru_cache

from cleanclaim.coding import concepts
from cleanclaim.coding.aliases import aliases, explanations, phrases_not_billed
from cleanclaim.coding.answers import CodeSuggestion, Evidence, MustAsk, NotBillable, Reason, Suggestions
from cleanclaim.coding.durations import durations
from cleanclaim.coding.open_choices import LEAST, open_choices
from cleanclaim.coding.questions import question_between
from cleanclaim.coding.similarity import PhraseIndex
from cleanclaim.coding.wording import stem, stems, words
from cleanclaim.reference import procedures

_NOT = "not:"
_LIKENESS_POINTS = 6.0
"""Points of a text that equals a known phrase; cues give about 2 to 6 each."""
_LIKENESS_FLOOR = 0.12
"""Likeness below this is chance: a few letters in common."""
_NAMED_POINTS = 12.0
"""Points of a code that the text names by number."""
_SURE_OF_LIKENESS = 3.0
"""Points from which likeness to known phrases alone names a code; below, somebody is asked."""
_EVEN = 0.12
"""Two codes are even when the second has at least this share less than the first."""
_LABEL_SHARE = 0.6
"""Cues in a label ("balance retraining: …") add this share of their points once more: it names what the list is."""
_LABEL = re.compile(r"[^:;.\n]{4,70}:(?!\d)(?=\s*[^\s\d])")
_NOISE = frozenset(
    map(stem, ("minutes", "x", "for", "the", "of", "a", "and", "with", "to", "on", "in", "right", "left", "patient"))
)
_CODE_NUMBER = re.compile(r"(?<![0-9a-z])(?:\d{4}[0-9tf]|[a-z]\d{4})(?![0-9a-z])", re.IGNORECASE)
_GIVEN = {"stimulation", "attended", "unattended"}
_PARTIAL = (
    "first_encounter",
    "later_encounter",
    "setup",
    "management",
    "supply",
    "strapping",
    "many_muscles",
    "few_muscles",
    "large_wound",
)
"""Targets that speak only in combinations."""
_STIMULATION = ("97014", "97032", "G0283")
_LEVELS = {"low": "97161", "moderate": "97162", "high": "97163"}
_OT_LEVELS = {"low": "97165", "moderate": "97166", "high": "97167"}
_AT_LEVELS = {"low": "97169", "moderate": "97170", "high": "97171"}


def suggest(
    text: str,
    *,
    payer_stimulation_code: str | None,
    day: date,
    limit: int = 3,
    use_aliases: bool = True,
    use_cues: bool = True,
) -> Suggestions:
    """Suggest codes for what a therapist wrote.

    Args:
        text: A phrase or a sentence about one thing that was done.
        payer_stimulation_code: The code this payer takes for unattended stimulation, "97014" or "G0283"; `None`
            when the payer or its choice is unknown, which makes such a text a question.
        day: The date of service; codes not in force on it are not suggested.
        limit: How many codes to rank.
        use_aliases: Whether the alias list counts; without it only labels, examples and cues do.
        use_cues: Whether the cues count.

    Raises:
        ValueError: `payer_stimulation_code` is neither of the two codes, or `limit` is below one.
    """
    if payer_stimulation_code not in {None, "97014", "G0283"}:
        raise ValueError(f"payer_stimulation_code is {payer_stimulation_code!r}; expected '97014', 'G0283' or None")
    if limit < 1:
        raise ValueError(f"limit is {limit}; expected at least 1")
    return _suggest(text, payer_stimulation_code, day, limit, use_aliases, use_cues)


@lru_cache(maxsize=4096)
def _alike(plain: str, use_aliases: bool) -> Mapping[str, float]:  # noqa: FBT001 - the arguments are the cache's key
    """The labels that a text is like; what therapists write again on another day is not asked about again."""
    return _index(use_aliases).likeness(plain, _LIKENESS_FLOOR)


@lru_cache(maxsize=4096)
def _suggest(
    text: str,
    payer_code: str | None,
    day: date,
    limit: int,
    use_aliases: bool,  # noqa: FBT001 - the arguments are the cache's key
    use_cues: bool,  # noqa: FBT001 - the same
) -> Suggestions:
    found = words(text)
    hits = concepts.find(found)
    total = concepts.points(hits) if use_cues else {}
    label = _LABEL.match(text) if use_cues else None
    if label is not None:
        for target, value in concepts.points([hit for hit in hits if hit.end <= label.end()]).items():
            if value > 0 and not target.startswith(_NOT):
                total[target] = total.get(target, 0.0) + _LABEL_SHARE * value
    alike = _alike(_plain([word.stem for word in found]), use_aliases)
    for target, likeness in alike.items():
        total[target] = total.get(target, 0.0) + _LIKENESS_POINTS * likeness
    named = _named_codes(text)
    for code, _, _ in named:
        total[code] = total.get(code, 0.0) + _NAMED_POINTS
    names = frozenset(hit.concept.name for hit in hits) if use_cues else frozenset()
    ask: list[MustAsk] = []
    _settle_stimulation(total, payer_code, ask)
    _settle_evaluation(total, ask)
    ask += open_choices(text, total, hits if use_cues else (), names)
    _settle_monitoring(text, total, names)
    for leftover in _PARTIAL:
        total.pop(leftover, None)
    codes = sorted(
        ((code, value) for code, value in total.items() if _in_force(code, day) and value > 0),
        key=lambda item: (-item[1], item[0]),
    )
    reasons = sorted(
        ((target, value) for target, value in total.items() if target.startswith(_NOT)),
        key=lambda item: (-item[1], item[0]),
    )
    best = codes[0][1] if codes else 0.0
    not_billable = None
    if reasons and reasons[0][1] >= max(LEAST, best) and not named:
        reason = Reason(reasons[0][0].removeprefix(_NOT))
        spans = _evidence(text, hits, reasons[0][0])
        not_billable = NotBillable(reason, explanations()[reason], spans, _score(reasons[0][1]))
    if best < LEAST:
        return Suggestions(text, (), not_billable)
    ranked = _ranked(text, codes, hits, named, limit)
    settled = any(code == codes[0][0] for code, _, _ in named)
    asked = None if settled else _must_ask(codes, ask)
    if asked is None and not settled and not ranked[0].evidence and best < _SURE_OF_LIKENESS:
        asked = _which_of(codes)
    return Suggestions(text, ranked, not_billable, asked)


def _ranked(
    text: str,
    codes: Sequence[tuple[str, float]],
    hits: Sequence[concepts.Hit],
    named: Sequence[tuple[str, int, int]],
    limit: int,
) -> tuple[CodeSuggestion, ...]:
    ranked = []
    for place, (code, value) in enumerate(codes[:limit]):
        if value < codes[0][1] * 0.15:
            break
        procedure = procedures.get(code)
        evidence = _evidence(text, hits, code)
        evidence += tuple(
            Evidence(start, end, text[start:end], "the code itself") for found, start, end in named if found == code
        )
        other = codes[1][0] if place == 0 and len(codes) > 1 else codes[0][0]
        other = other if other != code else ""
        ranked.append(
            CodeSuggestion(
                code=code,
                label=procedure.label if procedure else "",
                score=_score(value),
                evidence=evidence,
                why=_why(evidence),
                document=procedure.document if procedure else (),
                question=question_between(code, other) if other else "",
                neighbor=other,
            )
        )
    return tuple(ranked)


def _must_ask(codes: Sequence[tuple[str, float]], ask: Sequence[MustAsk]) -> MustAsk | None:
    for item in ask:
        if codes and codes[0][0] in item.candidates:
            return item
    if len(codes) > 1 and codes[1][1] >= codes[0][1] * (1 - _EVEN):
        even = tuple(code for code, value in codes[:3] if value >= codes[0][1] * (1 - _EVEN))
        question = question_between(even[0], even[1])
        if question:
            return MustAsk(question, even)
    return None


def _which_of(codes: Sequence[tuple[str, float]]) -> MustAsk | None:
    """The question where nothing but a faint likeness speaks for the first code: it may be none of these."""
    if len(codes) == 1:
        return MustAsk("What was done, to which part of the body, and for what purpose?", (codes[0][0],))
    question = question_between(codes[0][0], codes[1][0])
    return MustAsk(
        question or "What was done, to which part of the body, and for what purpose?", (codes[0][0], codes[1][0])
    )


def _settle_stimulation(total: dict[str, float], payer_code: str | None, ask: list[MustAsk]) -> None:
    """Turn stimulation into codes by attendance and payer; unknown attendance or payer is a question."""
    points = total.pop("stimulation", 0.0)
    attended = total.pop("attended", 0.0)
    unattended = total.pop("unattended", 0.0)
    general = total.pop("97014", 0.0), total.pop("G0283", 0.0)
    if max(general) >= _NAMED_POINTS:
        unattended += _NAMED_POINTS
    if points <= 0 and max(general) <= 0:
        return
    left_running = points + unattended + max(general) - min(attended, 2.0)
    total["97032"] = total.get("97032", 0.0) + (points + attended if points > 0 else 0.0) - min(unattended, 2.0)
    if attended <= 0:
        total["97032"] -= 1.0 if points > 0 else 0.0
    if "not:unskilled" in total and points > 0:
        total["not:unskilled"] -= 5.0
    for code in ("97014", "G0283"):
        share = 1.0 if payer_code == code else 0.25
        total[code] = left_running * (share if payer_code else 1.0)
    if payer_code is None and left_running > total["97032"]:
        ask.append(MustAsk(question_between("97014", "G0283"), ("97014", "G0283")))
    elif attended <= 0 and unattended <= 0 and points > 0:
        code = payer_code or "97014"
        ask.append(MustAsk(question_between("97032", code), tuple(sorted(("97032", code)))))


def _settle_evaluation(total: dict[str, float], ask: list[MustAsk]) -> None:
    """Turn an evaluation and what is said of its level into codes; no level is a question."""
    points = total.pop("evaluation", 0.0)
    levels = {level: total.pop(level, 0.0) for level in _LEVELS}
    occupational = total.pop("occupational", 0.0)
    athletic = total.pop("athletic", 0.0)
    table = _OT_LEVELS if occupational > 0 else _AT_LEVELS if athletic > 0 else _LEVELS
    likely = max((total.get(code, 0.0) for code in table.values()), default=0.0)
    if points <= 0 and (likely < LEAST or max(levels.values()) <= 0):
        return
    if table is not _LEVELS:
        for code in _LEVELS.values():
            total.pop(code, None)
    for level, code in table.items():
        total[code] = total.get(code, 0.0) + points + levels[level]
    if max(levels.values()) <= 0:
        ask.append(MustAsk(question_between("97161", "97162"), tuple(table.values())))


def _settle_monitoring(text: str, total: dict[str, float], names: frozenset[str]) -> None:
    """Time of monitoring below what the longer code needs speaks for the shorter one."""
    longer = procedures.get("98980")
    if "monitoring_call" not in names or "98980" not in total or longer is None or longer.minutes_first is None:
        return
    minutes = [item.minutes for item in durations(text)]
    if minutes and max(minutes) < longer.minutes_first:
        total["98979"], total["98980"] = total["98980"] + total.get("98979", 0.0), 0.0


def _evidence(text: str, hits: Sequence[concepts.Hit], target: str) -> tuple[Evidence, ...]:
    targets = {target}
    if target in _STIMULATION:
        targets |= _GIVEN
    if target in {"97161", "97162", "97163"}:
        targets |= {"evaluation", {"97161": "low", "97162": "moderate", "97163": "high"}[target]}
    if target in {"97760", "97761"}:
        targets.add("first_encounter")
    if target == "97763":
        targets.add("later_encounter")
    return tuple(
        Evidence(hit.start, hit.end, text[hit.start : hit.end], hit.concept.says)
        for hit in hits
        if any(hit.concept.points.get(name, 0.0) > 0 for name in targets)
    )


def _why(evidence: Sequence[Evidence]) -> str:
    said: dict[str, list[str]] = {}
    for item in evidence:
        quoted = said.setdefault(item.says, [])
        if item.text not in quoted:
            quoted.append(item.text)
    if not said:
        return "It reads like phrases therapists use for this code"
    return "; ".join(f"{', '.join(f'“{text}”' for text in texts)}: {says}" for says, texts in said.items())


def _score(points: float) -> float:
    return round(1.0 - math.exp(-points / 5.0), 3)


def _named_codes(text: str) -> list[tuple[str, int, int]]:
    return [
        (match.group().upper(), match.start(), match.end())
        for match in _CODE_NUMBER.finditer(text)
        if procedures.get(match.group().upper()) is not None
    ]


def _in_force(code: str, day: date) -> bool:
    if code.startswith(_NOT):
        return False
    procedure = procedures.get(code)
    return procedure is not None and procedure.holds_on(day)


def _plain(found: Sequence[str]) -> str:
    return " ".join(word for word in found if word not in _NOISE and not word.isdigit())


@cache
def _index(use_aliases: bool) -> PhraseIndex:  # noqa: FBT001 - the cache's key
    phrases: list[tuple[str, str]] = []
    for code in aliases():
        procedure = procedures.get(code)
        if procedure is not None:
            phrases.extend((code, _plain(stems(text))) for text in (procedure.label, *procedure.examples))
    if use_aliases:
        phrases.extend((code, _plain(stems(text))) for code, texts in aliases().items() for text in texts)
        phrases.extend(
            (f"{_NOT}{reason}", _plain(stems(text))) for reason, texts in phrases_not_billed().items() for text in texts
        )
    return PhraseIndex((label, phrase) for label, phrase in phrases if phrase)


def warm() -> None:
    """Load the tables now, so that the first answer is as quick as the others."""
    suggest("bike", payer_stimulation_code=None, day=date(2026, 1, 1))
