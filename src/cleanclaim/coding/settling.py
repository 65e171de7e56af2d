"""What the whole note settles once every part is read: totals, helpers, encounters, levels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from cleanclaim.coding import concepts, cutting
from cleanclaim.coding.found import Found
from cleanclaim.coding.mentions import Mentions, best_code
from cleanclaim.coding.not_today import why_not_today
from cleanclaim.coding.note_words import EVALUATIONS, MEANS, STRONG, NoteWords
from cleanclaim.coding.reading import EncounterHint, LeftOut, Mention, WhyLeftOut
from cleanclaim.records import By
from cleanclaim.reference import procedures

_TOTAL = re.compile(r"\W*(?:sub)?total\b[^\d\n]*(?P<n>\d{1,3})?|\W*[a-z/. ]{2,30}\btotal\b\W*(?P<behind>\d{1,3})?")
_INCLUDED = re.compile(r"\btotal\b.*\b(?:incl(?:udes|uding)?|with)\b\.?\s+(?:the\s+)?(?P<what>[a-z]{3,})")
_PROGRAM = "97545"
"""Work hardening, the first hours of a day."""


def drop_bare_evaluations(told: Mentions) -> None:
    """A heading that names the evaluation is no second one beside the mention that tells of it."""
    found = [mention for mention in told.mentions if best_code(mention) in EVALUATIONS]
    with_minutes = [mention for mention in found if mention.minutes is not None] or found[:1]
    told.mentions = [mention for mention in told.mentions if mention not in found or mention in with_minutes]


def settle_totals_of_services(told: Mentions) -> None:
    """A service's own total holds for the parts told before it, which are then not counted beside it.

    "Bike 6 min / leg press / TOTAL THEREX 20 min" is 20 minutes, "UBE 4 min; rows, total 16 min incl UBE" is 16. A
    total that only repeats the sum of its parts ("ther act total 36") is left out itself.
    """
    for total in tuple(told.mentions):
        folded = told.words.folded[total.start : total.end]
        named = _TOTAL.match(folded)
        included = _INCLUDED.search(folded) if total.minutes is not None else None
        if named is None and included is None:
            continue
        parts = _parts_before(told.mentions, total)
        if included is not None:
            parts = [part for part in parts if included["what"] in told.words.folded[part.start : part.end]]
        told_minutes = sum(part.minutes.value for part in parts if part.minutes is not None)
        if not parts:
            continue
        if total.minutes is not None and told_minutes <= total.minutes.value:
            _leave_told(told, parts)
        elif total.minutes is None and named is not None and str(told_minutes) in {named["n"], named["behind"]}:
            _leave_told(told, [total])


def _parts_before(mentions: Sequence[Mention], total: Mention) -> list[Mention]:
    """The mentions of the same code that stand before a total, up to one of another code."""
    found: list[Mention] = []
    for mention in reversed(mentions[: mentions.index(total)]):
        if best_code(mention) != best_code(total) or _TOTAL.match(mention.what.lower()):
            break
        found.append(mention)
    return found[::-1]


def _leave_told(told: Mentions, told_elsewhere: Sequence[Mention]) -> None:
    told.mentions = [mention for mention in told.mentions if mention not in told_elsewhere]
    told.left_out += [LeftOut(one.what, one.start, one.end, WhyLeftOut.TOLD) for one in told_elsewhere]


def fill_in_who(told: Mentions, who: Found[By] | None) -> None:
    """Where the note says who furnished the whole visit, that holds for every service that does not say."""
    if who is not None:
        told.mentions = [mention if mention.by is not None else replace(mention, by=who) for mention in told.mentions]


def settle_program(told: Mentions) -> None:
    """Hours of a work hardening program that the note names before them are that program, whatever they consist of."""
    procedure = procedures.get(_PROGRAM)
    least = procedure.minutes_first if procedure is not None else None
    for number, mention in enumerate(told.mentions):
        if least is None or mention.minutes is None or mention.minutes.value < least:
            continue
        name = _program_before(told.words, mention.start)
        suggestions = told.suggest(f"{name}: {mention.what}") if name and not mention.heading else None
        if suggestions is not None and suggestions.best is not None and suggestions.best.code == _PROGRAM:
            told.mentions[number] = replace(mention, heading=name, suggestions=suggestions)


def _program_before(words: NoteWords, place: int) -> str:
    """The name of the program on a line before the place that tells of today, or the empty text."""
    for start, end in cutting.lines(words.text, 0, place):
        for hit in concepts.find_in(words.text[start:end]):
            if hit.concept.points.get(_PROGRAM, 0.0) >= STRONG and why_not_today(words.folded[start:end]) is None:
                return words.text[start + hit.start : start + hit.end]
    return ""


def settle_asked(told: Mentions, codes: frozenset[str], code: str, why: str) -> None:
    """Answer the questions between these codes: something else in the note decides for one of them."""
    for number, mention in enumerate(told.mentions):
        asked = mention.suggestions.must_ask
        if asked is None or not set(asked.candidates) <= codes or code not in asked.candidates:
            continue
        ranked = mention.suggestions.ranked
        chosen = next((item for item in ranked if item.code == code), None)
        if chosen is not None:
            chosen = replace(chosen, why=why, question="", neighbor="")
            rest = tuple(item for item in ranked if item.code != code)
            answer = replace(mention.suggestions, ranked=(chosen, *rest), must_ask=None)
            told.mentions[number] = replace(mention, suggestions=answer)


def settle_encounter(told: Mentions, hint: Found[EncounterHint]) -> None:
    """Tell first and later encounters with a device apart by what the note says elsewhere."""
    said = told.words.text[hint.start : hint.end]
    for first in ("97760", "97761"):
        code = first if hint.value is EncounterHint.INITIAL else "97763"
        settle_asked(told, frozenset({first, "97763"}), code, f"“{said}”: {hint.value} encounter")


def settle_with_totals(told: Mentions, timed: Found[int] | None, treatment: Found[int] | None) -> None:
    """Where the minutes told add up to the note's total, what has none is part of what has them.

    A service that the note names outright is kept, unless it has its minutes elsewhere: that they are missing is for
    a person to settle.
    """
    if told.shared:
        return
    billed = [mention for mention in told.mentions if mention.suggestions.not_billable is None]
    placed = sum(mention.minutes.value for mention in billed if mention.minutes is not None and _is_timed(mention))
    every = sum(mention.minutes.value for mention in told.mentions if mention.minutes is not None)
    over = placed - timed.value if timed is not None and timed.value > 0 else 0
    spare = [
        mention
        for mention in billed
        if mention.minutes is not None
        and mention.minutes.value == over
        and not told.words.explicit(mention.start, mention.end)
    ]
    if over > 0 and len(spare) == 1:
        (extra,) = spare
        told.mentions.remove(extra)
        told.left_out.append(LeftOut(extra.what, extra.start, extra.end, WhyLeftOut.TOLD))
        settle_with_totals(told, timed, treatment)
        return
    no_timed_left = timed is not None and placed == timed.value
    nothing_left = treatment is not None and 0 < every == treatment.value
    with_minutes = {best_code(mention) for mention in billed if mention.minutes is not None}
    kept = []
    for mention in told.mentions:
        is_part = (
            mention.minutes is None
            and mention.suggestions.not_billable is None
            and (
                (no_timed_left and _is_timed(mention))
                or (nothing_left and not best_code(mention).startswith((*MEANS, *EVALUATIONS)))
            )
        )
        if is_part and (
            placed == 0 or best_code(mention) in with_minutes or not told.words.explicit(mention.start, mention.end)
        ):
            told.left_out.append(LeftOut(mention.what, mention.start, mention.end, WhyLeftOut.TOLD))
        else:
            kept.append(mention)
    told.mentions = kept


def _is_timed(mention: Mention) -> bool:
    asked = mention.suggestions.must_ask
    codes = asked.candidates if asked is not None else (best_code(mention),)
    found = [procedures.get(code) for code in codes]
    return all(procedure is not None and procedure.is_timed for procedure in found)
