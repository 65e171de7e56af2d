"""Read one item of a note: what it says was done, its pieces with one duration each, what it leaves out.

One duration written for several services is given to none of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from cleanclaim.coding import cutting
from cleanclaim.coding.acts import telling
from cleanclaim.coding.billing_part import MINUTES_LINE, ListedMinutes
from cleanclaim.coding.durations import Duration
from cleanclaim.coding.found import Found
from cleanclaim.coding.loose_minutes import LISTED_LENGTH, LooseMinutes
from cleanclaim.coding.mentions import Mentions
from cleanclaim.coding.not_today import HOME, TAUGHT, is_of_an_earlier_visit, why_not_today
from cleanclaim.coding.note_items import Item
from cleanclaim.coding.note_sections import Part
from cleanclaim.coding.note_words import CODE, ENUMERATED, NEIGHBORS
from cleanclaim.coding.person_minutes import add_by_person, by_person
from cleanclaim.coding.reading import SharedMinutes, WhyLeftOut

_MEASURE = re.compile(
    r"°|\bdeg(?:rees)?\b|\b[0-5][+-]?/5\b|\b\d{1,2}/10\b|\b(?:wnl|wfl|mmt|nprs|vas|girth|"  # spelling: off
    r"sensation|reflexes|"  # spelling: off
    r"dtrs?|palpation|tender\w*|ttp|observation|"
    r"special tests?|positive|negative|score[ds]?|lefs|odi|ndi|dash|quickdash|faam|bp|hr|spo2|vitals|incision|"
    r"effusion|ecchymosis)\b|"
    r"^\W*(?:a?a?rom|prom|strength|gait|posture|balance|edema|sensation|flexibility|joint (?:mobility|play)|"
    r"transfers?|bed mobility|rom|tug|berg|"
    r"observation|inspection|function|mobility|skin|swelling|pain)\s*[:=-]|\b\d+(?:\.\d+)?\s*(?:cm|mm)\b(?! ?2|"
    r"\^)|\b\d+\.\d+\s*s(?:ec)?\b"
)
_NOT_DOING = re.compile(
    r"^\W*(?:pt|patient|he|she|they|client|caregiver|spouse|wife|husband|daughter|son)\b.{0,20}\b(?:is|reports?|"
    r"states?|stated|reported|notes?|denies|c/o|presents?|"
    r"tolerated|demonstrates?|demonstrated|arrived|has|had|was|paid|agreed|consented|continues|would|requires?|"
    r"required|able|verbalized)\b|^\W*(?:tolerated|good tolerance|no (?:adverse|lob|loss|increase|change|new|"
    r"symptoms?|rest)|"
    r"reports?|reported|d/c|discharged?|dx|diagnosis|precautions?|referred|goals?|pain|c/o|vitals?|bp|hr|date|"
    r"dob|name|visit|"
    r"insurance|payer|poc|signed|electronically)\b"
)
_EXAMINED = re.compile(
    r"^\W*(?:body (?:structures?|functions?)|activity limitations?|participation restrictions?|"
    r"(?:clinical )?presentation|"
    r"(?:clinical )?decision[- ]making|(?:personal factors?|comorbidit\w+|history)\b[^:]{0,60}:|"
    r"impairments?\s*:|elements\b|problem list|"
    r"rehab potential|prognosis|medical necessity|functional limitations?|prior level|plof|clof)"
)
_JOINS = re.compile(r"\s*(?:,\s*)?(?:and|or|&|\+)\s*")
_BOUTS = re.compile(r"\d\s*[x×]|\d+\s*(?:min\w*|')\s*[x×]\s*\d", re.IGNORECASE)


class ItemReader:
    """Reads items, one after the other, into mentions."""

    def __init__(self, told: Mentions, loose: LooseMinutes, listed: ListedMinutes) -> None:
        self.words = told.words
        self.told = told
        self.loose = loose
        self.listed = listed

    def read_item(self, item: Item, *, needs_minutes: bool) -> None:
        """Read one item; with `needs_minutes`, words without a duration are no mention."""
        start, end = self.words.without_totals(item.start, item.end)
        if end <= start:
            return
        if item.minutes is not None:
            self.told.add(start, end, item, item.minutes)
            return
        line = MINUTES_LINE.match(self.words.text[start:end])
        if line:
            self.listed.read_minutes_line(start + line.end(), end, item)
            return
        folded = self.words.folded[start:end]
        if is_of_an_earlier_visit(folded):
            self.told.leave_out(start, end, WhyLeftOut.EARLIER)
            return
        if why_not_today(folded) is not None:
            self._read_partly_left_out(start, end, item, needs_minutes=needs_minutes)
            return
        if HOME.search(folded) and not TAUGHT.search(folded) and not self.words.durations(start, end):
            self.told.leave_out(start, end, WhyLeftOut.HOME)
            return
        self.read_pieces(start, end, item, needs_minutes=needs_minutes)

    def _read_partly_left_out(self, start: int, end: int, item: Item, *, needs_minutes: bool) -> None:
        """Split at commas, leave out the pieces that say so, and read the others."""
        kept: list[tuple[int, int]] = []
        for a, b, why in self._reasons(start, end):
            if why is not None:
                self.told.leave_out(a, b, why)
            elif kept and kept[-1][1] >= a - 3:
                kept[-1] = (kept[-1][0], b)
            else:
                kept.append((a, b))
        for a, b in kept:
            if self.words.durations(a, b) or self.words.top(a, b) is not None:
                self.read_pieces(a, b, item, needs_minutes=needs_minutes)

    def _reasons(self, start: int, end: int) -> list[tuple[int, int, WhyLeftOut | None]]:
        """The clauses with why each does not tell of today; in "ultrasound and heat skipped" both were skipped."""
        clauses = cutting.clauses(self.words.text, start, end)
        found: list[tuple[int, int, WhyLeftOut | None]] = []
        until, after = end, None
        for a, b in reversed(clauses):
            why = why_not_today(self.words.folded[a:b])
            joined = _JOINS.fullmatch(self.words.folded[b:until])
            if why is None and after is WhyLeftOut.NEGATED and joined and not self.words.durations(a, b):
                why = after
            found.append((a, b, why))
            until, after = a, why
        return found[::-1]

    def read_pieces(self, start: int, end: int, item: Item, *, needs_minutes: bool) -> None:
        """Read a stretch of an item that tells of today, piece by piece."""
        text = self.words.text[start:end]
        found = [found for found in self.words.durations(start, end) if not self.words.is_taken(start + found.start)]
        found = _without_bouts(text, found)
        if len(found) == 1 and self.loose.give_back(start, end, item, found[0]):
            return
        people = by_person(self.words, start, end)
        if people:
            add_by_person(self.told, start, end, item, people, found)
            return
        local = next((one for one in found if self.words.is_local_total(start + one.start, start + one.end)), None)
        if local is not None and len(found) > 1:
            self._read_single(start, end, item, local)
            return
        if not found:
            if not needs_minutes:
                self._read_without_minutes(start, end, item)
            return
        label = cutting.LABEL.match(text)
        if (
            label
            and len(found) > 1
            and found[0].end <= label.end()
            and self.words.named_or_top(start, start + label.end())
        ):
            self._read_labeled_total(start, end, item, label, found)
            return
        if len(found) == 1:
            self._read_single(start, end, item, found[0])
            return
        heading, heading_start = item.heading, item.heading_start
        for a, b, one in cutting.pieces(text, found):
            piece_start, piece_end = start + a, start + b
            minutes = Found(one.minutes, start + one.start, start + one.end)
            inner = cutting.LABEL.match(self.words.text[piece_start:piece_end])
            if (
                inner
                and inner.end() <= one.start + start - piece_start
                and self.words.named_or_top(piece_start, piece_start + inner.end())
            ):
                heading, heading_start = inner["label"].strip(), piece_start
            own = heading if not (inner and heading_start == piece_start) else item.heading
            told = replace(item, heading=own, heading_start=heading_start)
            if own:
                self.told.add(piece_start, piece_end, told, minutes, one.moved(start))
            else:
                self._read_single(piece_start, piece_end, told, one.moved(start - piece_start))

    def _read_labeled_total(
        self, start: int, end: int, item: Item, label: re.Match[str], found: Sequence[Duration]
    ) -> None:
        """A label with its own duration before parts with theirs: one service, unless the parts differ in kind."""
        head, parts = found[0], found[1:]
        tops = {
            self.words.top(start + a, start + b) for a, b, _ in cutting.pieces(self.words.text[start:end], parts)
        } - {None}
        if len(tops) <= 1 or sum(part.minutes for part in parts) <= head.minutes:
            self.told.add(
                start, end, item, Found(head.minutes, start + head.start, start + head.end), head.moved(start)
            )
            return
        name = self.words.text[start : start + label.end("label")].strip()
        for a, b, one in cutting.pieces(self.words.text[start:end], parts):
            begin = max(start + a, start + label.end())
            minutes = Found(one.minutes, start + one.start, start + one.end)
            self.told.add(begin, start + b, replace(item, heading=name, heading_start=start), minutes, one.moved(start))

    def _read_single(self, start: int, end: int, item: Item, one: Duration) -> None:
        """An item with one duration: one service, or several of which those before the duration share it."""
        minutes = Found(one.minutes, start + one.start, start + one.end)
        then = self._next_act(start, end, minutes)
        if then is not None:
            self._read_single(start, then, item, one)
            self.told.add(then, end, item, None)
            return
        named = self.words.services(start, end)
        if not named and not item.heading and self.loose.needs_words(start, end, item, minutes):
            return
        if len({code for code, _, _ in named}) <= 1:
            after = [place for place in named if place[1] >= minutes.end]
            own = self.words.top(start, minutes.end)
            if after and own is not None and own not in {after[0][0], "evaluation"}:
                self.told.add(start, after[0][1], item, minutes, one.moved(start))
                self.told.add(after[0][1], end, item, None)
                return
            self.told.add(start, end, item, minutes, one.moved(start))
            return
        leading = not self.words.text[start : start + one.start].strip(" \t(-x~") or bool(
            ENUMERATED.search(self.words.folded[start:end])
        )
        sharing = [(a, b) for _, a, b in named if leading or a < minutes.end]
        if len(sharing) == 1 and sharing[0][0] <= minutes.start:
            self.told.add(start, max(sharing[0][1], minutes.end), item, minutes, one.moved(start))
        else:
            self.told.shared.append(SharedMinutes(minutes, tuple(self.words.text[a:b].strip() for a, b in sharing)))
            for a, b in sharing:
                self.told.add(a, b, item, None)
        for _, a, b in named:
            if (a, b) not in sharing:
                self.told.add(a, b, item, None)

    def _next_act(self, start: int, end: int, minutes: Found[int]) -> int | None:
        """Where a second act begins behind the minutes of the first: "bike 6 minutes, then patellar glides"."""
        lead = cutting.NEXT_ACT.search(self.words.text, minutes.end, end)
        if lead is None or self.words.durations(lead.end(), end):
            return None
        before = self.words.text[start : lead.start()]
        if ":" in before or not (before.rstrip().endswith((",", ";", ")")) or lead.start() <= minutes.end):
            return None
        first, second = self.words.top(start, lead.start()), self.words.top(lead.end(), end)
        return lead.end() if second is not None and first != second and self._speaks(start, lead.start()) else None

    def _speaks(self, start: int, end: int) -> bool:
        """Whether words name something that has minutes of its own, billed or not."""
        answer = self.told.suggest(self.words.text[start:end])
        return self.words.named_or_top(start, end) or (
            answer.not_billable is not None and bool(answer.not_billable.evidence)
        )

    def _read_without_minutes(self, start: int, end: int, item: Item) -> None:
        folded = self.words.folded[start:end]
        previous = self.told.mentions[-1] if self.told.mentions else None
        if self.loose.belongs_to_other(start, end, item, telling(folded)):
            return
        if self.told.continues_head(start, explicit=self.words.explicit(start, end), top=self.words.top(start, end)):
            self.told.extend(self.told.mentions[-1], end)
            return
        same_paragraph = previous is not None and previous.end <= start and item.paragraph <= previous.start
        top = self.words.top(start, end)
        explicit = self.words.explicit(start, end)
        if _EXAMINED.search(folded) and not CODE.search(self.words.text[start:end]):
            return
        kinds = self.words.services(start, end)
        if len({code for code, _, _ in kinds}) > 1:
            for _, a, b in kinds:
                self.told.add(a, b, item, None)
        if len({code for code, _, _ in kinds}) > 1 or (kinds and self._add_apart(start, end, item, kinds[0])):
            return
        if _NOT_DOING.search(folded) and not explicit:
            if previous is not None and self.told.adjoins(previous, start):
                self.told.take_up_response(previous, start, end)
            return
        if not explicit and (_MEASURE.search(folded) or top is None):
            if same_paragraph and previous is not None:
                self.told.extend(previous, end)
            return
        if same_paragraph and previous is not None and not explicit and previous.minutes is not None:
            best = previous.suggestions.best
            if best is not None and (top == best.code or (top in NEIGHBORS and best.code in NEIGHBORS)):
                self.told.extend(previous, end)
                return
        if item.part is Part.OPEN and not explicit and top is None:
            return
        self.told.add(start, end, item, None)

    def _add_apart(self, start: int, end: int, item: Item, kind: tuple[str, int, int]) -> bool:
        """Add manual work that a bare list names, beside the exercises around it: "bike, leg press, STM R quad"."""
        code, a, b = kind
        clauses = cutting.clauses(self.words.text, start, end)
        if code != "97140" or item.heading or any(last - first > LISTED_LENGTH for first, last in clauses):
            return False
        rest = [place for place in clauses if place != (a, b) and self.words.top(*place) in NEIGHBORS]
        if not rest:
            return False
        before = [place for place in rest if place[1] <= a]
        after = [place for place in rest if place[0] >= b]
        if before:
            self.told.add(before[0][0], before[-1][1], item, None)
        self.told.add(a, b, item, None)
        if after:
            self.told.add(after[0][0], after[-1][1], item, None)
        return True


def _without_bouts(text: str, found: list[Duration]) -> list[Duration]:
    """The durations, less bouts ("3 x 1 min") that stand beside the one duration they are part of."""
    bouts = [one for one in found if _BOUTS.match(text, one.start, one.end)]
    whole = [one for one in found if one not in bouts]
    return whole if len(whole) == 1 and bouts and sum(one.minutes for one in bouts) <= whole[0].minutes else found
