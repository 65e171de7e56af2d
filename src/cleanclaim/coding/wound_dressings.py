"""A wrap that is put over the wound just debrided is its dressing, no service of its own.

The National Correct Coding Initiative counts casts, strapping and compression wraps as part of a debridement of the
same place (column two of 97597, 97598 and 97602, by coding instruction). A wrap of another limb stands for itself,
and so does one of which the note does not say that it lies where the wound is.
"""

from __future__ import annotations

import re
from typing import TypeVar

from cleanclaim.coding import cutting, details
from cleanclaim.coding.found import Found
from cleanclaim.coding.mentions import Mentions, best_code
from cleanclaim.coding.note_words import NoteWords
from cleanclaim.coding.reading import LeftOut, Mention, WhyLeftOut
from cleanclaim.records import Side

T = TypeVar("T")
_DEBRIDEMENTS = frozenset({"97597", "97598", "97602"})
_WRAPS = frozenset({"29580", "29581", "29584"})
_WOUND = re.compile(r"\b(?:ulcer|wound|pressure injur|dehisc)\w*")
_DRESSED = re.compile(
    r"\b(?:re-?)?dress(?:ed|ing)\b.*\b(?:with|w|alginate|foam|gauze|hydro\w+|silver|petrolatum|border\w*|film|honey)\b|"
    r"\bcovered\b.*\b(?:alginate|foam|gauze|hydro\w+|silver|film)\b"
)
_LEG = frozenset({"thigh", "knee", "lower leg", "ankle", "foot", "lower extremity", "residual limb"})
_ARM = frozenset({"shoulder", "elbow", "wrist", "hand", "upper extremity", "residual limb"})


def leave_out_dressings(told: Mentions) -> None:
    """Report each wrap over a debrided wound as its dressing, and keep every other."""
    places = [_wound(told.words, mention) for mention in told.mentions if best_code(mention) in _DEBRIDEMENTS]
    kept = []
    for mention in told.mentions:
        is_on_it = best_code(mention) in _WRAPS and any(_lies_on(mention, side, region) for side, region in places)
        if is_on_it or (places and _is_dressing(mention)):
            told.left_out.append(LeftOut(mention.what, mention.start, mention.end, WhyLeftOut.DRESSING))
        else:
            kept.append(mention)
    told.mentions = kept


def _is_dressing(mention: Mention) -> bool:
    """Whether a mention without minutes tells how the wound was covered: what lies on it ("alginate + foam")."""
    return (
        mention.minutes is None
        and best_code(mention) not in _DEBRIDEMENTS | _WRAPS
        and bool(_DRESSED.search(mention.what.lower()))
    )


def _wound(words: NoteWords, debridement: Mention) -> tuple[Side | None, str | None]:
    """The side and region of the wound: of the debridement itself, else of the wound last named before it."""
    side = _value(debridement.side)
    region = _value(debridement.region)
    before = [
        words.text[start:end]
        for line in cutting.lines(words.text, 0, debridement.start)
        for start, end in cutting.sentences(words.text, *line)
    ]
    for sentence in reversed(before):
        if _WOUND.search(sentence.lower()):
            side = side or _value(details.side(sentence))
            region = region or _value(details.region(sentence))
            if side and region:
                break
    return side, region


def _lies_on(wrap: Mention, side: Side | None, region: str | None) -> bool:
    """Whether the wrap covers a wound there; a wrap without a place of its own goes on the wound told with it."""
    if wrap.side is not None and side not in {wrap.side.value, Side.BILATERAL}:
        return False
    if wrap.region is None and region is None:
        return True
    return region in (_ARM if best_code(wrap) == "29584" else _LEG)


def _value(found: Found[T] | None) -> T | None:
    return found.value if found is not None else None
