"""From a free-text note to what was done today, with minutes, helpers, totals, and the places that say so.

The note is cut into parts (subjective, objective, interventions, …), parts into items (bullets, sentences, table
rows), items into pieces that have at most one duration each. What is declined, planned, done at home or told of an
earlier visit is left out and reported as such. One duration written for several services is given to none of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from cleanclaim.coding import concepts, cutting, details
from cleanclaim.coding.acts import Telling, telling
from cleanclaim.coding.answers import Suggestions
from cleanclaim.coding.durations import Duration, durations
from cleanclaim.coding.evaluation import evaluation_level, read_evaluation
from cleanclaim.coding.found import Found
from cleanclaim.coding.note_sections import Part, Stretch, stretches, whole_text
from cleanclaim.coding.reading import (
    EncounterHint,
    LeftOut,
    ListedCode,
    Mention,
    NoteReading,
    SharedMinutes,
    WhyLeftOut,
)
from cleanclaim.coding.suggest import suggest
from cleanclaim.coding.totals import encounter, kind, signatures, telehealth, totals
from cleanclaim.coding.wording import fold
from cleanclaim.records import By, Note, VisitKind
from cleanclaim.reference import procedures

_NEGATED = re.compile(
    r"\b(?:declin\w+|refus\w+|deferred|not (?:performed|done|completed|provided|indicated|tested|given|today|"
    r"addressed|attempted)|"
    r"did not (?:perform|do|receive|tolerate|complete|get to|address)|didn't (?:perform|do|get to)|withheld|"
    r"was held|were held|on hold|hold (?:on )?(?:today|due|secondary|per)|"
    r"held (?:today|due|secondary|per|this|2/2|for today)|skipp?ed|omitted|"  # spelling: off
    r"no longer (?:using|performing|"  # spelling: off
    r"indicated)|discontinued|"
    r"unable to (?:perform|complete|do)|d/c'?d|contraindicated|cancell?ed)\b"  # spelling: off
    r"|^\W*no (?!lob|loss|adverse|increase|pain|c/o|complaints?|change|cues|cue|assist|rest|symptom|weight|new|"
    r"device|ad\b|ue\b)\w+"  # spelling: off
    r"|\bno (?:\w+ ){1,4}(?:today|this (?:visit|session)|performed|provided|given|done|needed today|indicated)\b"
    r"|\bwithout (?:manual therapy|modalities)\b"
)
_PLANNED = re.compile(
    r"\bnext (?:visit|session|tx|treatment|appointment|appt|time|week)\b|\bwill (?:add|begin|start|initiate|"
    r"progress|try|continue|trial|introduce|include|consider|resume|perform)\b"
    r"|\bplan(?:ned|s|ning)? (?:to|for|on)\b|\bconsider (?:adding|trial|dry|starting)\b|"  # spelling: off
    r"\bto be (?:added|"  # spelling: off
    r"started|initiated)\b|\bfuture (?:visits?|sessions?)\b"
    r"|\bcontinue (?:with )?(?:poc|current|per poc|pt|skilled)\b|^\W*plan\s*:"
)
_EARLIER = re.compile(
    r"\b(?:last|previous|prior) (?:visit|session|treatment|tx|time|week)\b|\bpreviously\b|\bin the past\b|"
    r"\byesterday\b|\bat (?:the )?(?:last|previous)\b"
)
_COMPARED = re.compile(
    r"\b(?:vs\.?|than|from|since|compared (?:to|with)|as|over|up from|after) (?:the |her |his )?(?:last|"
    r"previous|prior)\b|\bsame as (?:last|previous)|"
    r"\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten)\s*(?:[a-z°%]+\s+)?(?:last (?:visit|session|"
    r"time|week|mon|tue|wed|thu|"
    r"fri|sat|sun)\w*|yesterday)\W*$"
)
_HOME = re.compile(
    r"^\W*(?:hep|home (?:exercise )?program|home exercises?)\b\W*|\b(?:at home|for home|daily at home|"
    r"per day at home|x/day at home|add(?:ed)? to hep)\b"
)
_TAUGHT = re.compile(
    r"\b(?:review\w*|instruct\w*|educat\w*|taught|teach\w*|demonstrat\w*|train\w*|updat\w*|"  # spelling: off
    r"issued and|"  # spelling: off
    r"practic\w*|perform\w*|progress\w*)\b"  # spelling: off
)
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
_CODE = re.compile(r"(?<![\w.])(?P<code>9\d{4}|G0\d{3}|2056[01]|90912|90913|S8948|0791T)\b(?!-\d)")
_BESIDE_CODE = re.compile(
    r"\s*(?:[-(:=]\s*)?(?:(?:[A-Z]{2}|59|KX)[,\s-]*)*(?:x\s*(?P<times>\d{1,2})\b(?!\s*min)|"
    r"(?P<units>\d{1,2})\s*(?:units?|u)\b)?"
)
_MINUTES_LINE = re.compile(
    r"^\W*(?:timed |treatment |tx |billing )?(?:minutes|min|mins|time breakdown|time per code|"
    r"minutes per code)\s*(?:\([^)]*\))?\s*[:=]\s*",
    re.IGNORECASE,
)
_MINUTES_PAIR = re.compile(
    r"(?P<label>\d{5}|[A-Za-z][A-Za-z /&-]*?)\s*(?:[:=x-]|\s)\s*(?P<n>\d{1,3})\b(?:\s*(?:min|mins|minutes|'))?"
)
_PERSON_MINUTES = re.compile(
    r"\b(?P<who>PTA|PT|(?i:therapist|assistant))\b\s*(?:portion|time|x|:|=|for|"
    r"-)?\s*(?P<n>\d{1,3})\s*(?:minutes|mins|min|')"
    r"|(?<!\d)(?P<m>\d{1,3})\s*(?:minutes|mins|min|')\s*(?:(?i:by|with|w/|of|from)\s*)?(?P<by>PTA|PT)\b"
    r"|(?<![\d./])(?P<k>\d{1,3})\s*(?:minutes|mins|min|')?\s*(?:by|with|"
    r"from)\s+(?:[A-Z]\.\s?)?[A-Z][a-z]+,\s*(?P<named>PTA|PT)\b"
)
_STAFF = {
    "PT": By.PT,
    "PTA": By.PTA,
    "PT+PTA": By.TOGETHER,
    "PT/PTA": By.TOGETHER,
    "AIDE": By.AIDE,
    "TECH": By.AIDE,
    "SPT": By.STUDENT,
}
_PORTION = re.compile(
    r"\s*(?P<who>PTA|PT)\s*(?:portion|part|session|time|treatment|provided|performed)?\s*(?:\([^)]*\)\s*)?[:–-]\s"
)
_LOCAL_TOTAL = re.compile(r"\btotal\s*(?:of|time|[:=x])?\s*$")
_EXAMINED = re.compile(
    r"^\W*(?:body (?:structures?|functions?)|activity limitations?|participation restrictions?|"
    r"(?:clinical )?presentation|"
    r"(?:clinical )?decision[- ]making|(?:personal factors?|comorbidit\w+|history)\b[^:]{0,60}:|"
    r"impairments?\s*:|elements\b|problem list|"
    r"rehab potential|prognosis|medical necessity|functional limitations?|prior level|plof|clof)"
)
_ENUMERATED = re.compile(
    r"\b(?:including|to include|includes|included|consist\w+ of|comprised of|focus\w+ on|addressing)\b"
)
_BOUTS = re.compile(r"\d\s*[x×]|\d+\s*(?:min\w*|')\s*[x×]\s*\d", re.IGNORECASE)
_BARE_TIME = re.compile(
    r"(?:\W|\b(?:one|on|1|total|in|all|with|me|the|therapist|pt|direct|contact|time|timed|spent|about|for|of|"
    r"this|these|it|that|took|"
    r"altogether|together|skilled|treatment)\b)*"
)
"""What may stand beside a duration that belongs to the act before it."""
T = TypeVar("T")

_STRONG = 2.6
"""Points from which words are taken to name an intervention."""
_LIKELY = 0.5
"""The score from which likeness alone is taken for what a sentence with minutes names."""
_HEADING_LENGTH = 90


@dataclass(frozen=True, slots=True)
class _Item:
    """A bullet, sentence or table row: text[start:end], the label above it, and what column says minutes."""

    part: Part
    start: int
    end: int
    heading: str = ""
    heading_start: int = 0
    heading_by: Found[By] | None = None
    minutes: Found[int] | None = None
    paragraph: int = 0


def read_note(note: str | Note, *, day: date, payer_stimulation_code: str | None = None) -> NoteReading:
    """Read a note: a plain text, or a record with its SOAP parts.

    Args:
        note: The text, or the record; places refer to the text, or to `Note.whole()`.
        day: The date of service, for the codes in force.
        payer_stimulation_code: The payer's code for unattended stimulation, see `suggest`.
    """
    text = whole_text(note)
    total = totals(text)
    reader = _Reader(text, day, payer_stimulation_code, total.taken)
    purpose_of_visit = kind(text)
    if purpose_of_visit is not None and purpose_of_visit.value in {VisitKind.EVALUATION, VisitKind.REEVALUATION}:
        reader.is_evaluation = True
    parts = stretches(note)
    has_interventions = any(item.part is Part.INTERVENTIONS for item in parts)
    for stretch in parts:
        reader.read(stretch, has_interventions=has_interventions)
    reader.use_listed_minutes()
    reader.drop_bare_evaluations()
    reader.settle_with_totals(total.timed, total.treatment)
    evaluation = read_evaluation(text)
    stated = evaluation if evaluation != type(evaluation)() else None
    level = evaluation_level(evaluation.findings) if stated else None
    if level is not None and level.code is not None:
        reader.settle_asked(_EVALUATIONS, level.code, level.explanation)
    reader.fill_in_who(details.whole_visit_by(text))
    hint = encounter(text)
    if hint is not None:
        reader.settle_encounter(hint)
    return NoteReading(
        text=text,
        mentions=tuple(reader.mentions),
        left_out=tuple(reader.left_out),
        shared_minutes=tuple(reader.shared),
        listed_codes=tuple(reader.listed),
        total_timed_minutes=total.timed,
        total_treatment_minutes=total.treatment,
        time_in=total.time_in,
        time_out=total.time_out,
        signatures=signatures(text),
        kind=purpose_of_visit,
        encounter=hint,
        telehealth=telehealth(text),
        evaluation=stated,
        evaluation_level=level,
        response=_in_parts(text, parts, Part.ASSESSMENT, details.response),
        progress=_in_parts(text, parts, Part.ASSESSMENT, details.progress),
    )


def _in_parts(
    text: str, parts: Sequence[Stretch], part: Part, find: Callable[[str], Found[str] | None]
) -> Found[str] | None:
    for item in parts:
        if item.part is part:
            found = find(text[item.start : item.end])
            if found is not None:
                return found.moved(item.start)
    return None


class _Reader:
    """Collects what one note says, part by part."""

    def __init__(self, text: str, day: date, payer_code: str | None, taken: Sequence[tuple[int, int]]) -> None:
        self.text = text
        self.folded = fold(text)
        self.day = day
        self.payer_code = payer_code
        self.taken = taken
        self.mentions: list[Mention] = []
        self.left_out: list[LeftOut] = []
        self.shared: list[SharedMinutes] = []
        self.listed: list[ListedCode] = []
        self.pending_minutes: list[Found[int]] = []
        self.is_evaluation = False
        self._needs_act = False
        self._minutes_ahead: tuple[int, _Item, Found[int]] | None = None
        self._set_aside: tuple[int, int, _Item] | None = None
        self._open_head = 0
        self._known_points: dict[tuple[int, int], list[tuple[str, float]]] = {}

    def read(self, stretch: Stretch, *, has_interventions: bool) -> None:
        """Read one part of the note."""
        if stretch.part is Part.SUBJECTIVE:
            return
        if stretch.part in {Part.ASSESSMENT, Part.PLAN, Part.HOME}:
            self._read_not_today(stretch)
            return
        if stretch.part is Part.BILLING:
            self._read_billing(stretch)
            return
        needs_minutes = stretch.part is Part.OBJECTIVE and has_interventions
        self._needs_act = stretch.part in {Part.OBJECTIVE, Part.OPEN} and (
            self.is_evaluation
            or any(
                not self._is_taken(stretch.start + one.start)
                for one in durations(self.text[stretch.start : stretch.end])
            )
        )
        for item in self._items(stretch):
            ahead = self._minutes_ahead
            self._read_item(item, needs_minutes=needs_minutes)
            if ahead is not None and self._minutes_ahead is ahead:
                self._say_minutes_ahead()
        self._say_minutes_ahead()

    # --- items -----------------------------------------------------------------------------------------------

    def _items(self, stretch: Stretch) -> Iterable[_Item]:
        lines = cutting.lines(self.text, stretch.start, stretch.end)
        columns: cutting.Columns | None = None
        place = 0
        while place < len(lines):
            start, end = lines[place]
            line = self.text[start:end]
            if not line.strip():
                columns = None
                place += 1
                continue
            cells = cutting.cells(line)
            if len(cells) > 1:
                head = cutting.columns(line, cells)
                if head is not None:
                    columns = head
                elif not re.fullmatch(r"[\s|:+-]+", line) and not re.match(r"\W*(?:sub)?total\b", fold(line)):
                    yield self._row(stretch.part, start, line, cells, columns)
                place += 1
                continue
            following = lines[place + 1] if place + 1 < len(lines) else None
            if self._heads_a_list(start, end, following):
                block_end = place + 1
                while block_end < len(lines) and self._is_child(lines[place], lines[block_end]):
                    block_end += 1
                children = lines[place + 1 : block_end]
                if children:
                    yield from self._block(stretch.part, (start, end), children)
                    place = block_end
                    continue
            bullet = cutting.BULLET.match(line)
            begin = start + (bullet.end() if bullet else 0)
            paragraph = begin
            by = _portion(self.text, begin, end)
            for one_start, one_end in cutting.sentences(self.text, begin, end):
                yield _Item(stretch.part, one_start, one_end, heading_by=by, paragraph=paragraph)
            place += 1

    def _heads_a_list(self, start: int, end: int, following: tuple[int, int] | None) -> bool:
        if following is None or end - start > _HEADING_LENGTH:
            return False
        line = self.text[start:end].rstrip()
        next_line = self.text[following[0] : following[1]]
        if not next_line.strip() or len(cutting.cells(next_line)) > 1:
            return False
        deeper = cutting.indent(next_line) > cutting.indent(line) or (
            bool(cutting.BULLET.match(next_line)) and not cutting.BULLET.match(line)
        )
        if line.endswith(":"):
            return deeper or bool(cutting.BULLET.match(next_line)) or not cutting.LABEL.match(next_line)
        return deeper and (bool(durations(line)) or self._top(start, end) is not None)

    def _is_child(self, head: tuple[int, int], line: tuple[int, int]) -> bool:
        own, other = self.text[head[0] : head[1]], self.text[line[0] : line[1]]
        if not other.strip():
            return False
        if cutting.BULLET.match(other) and not cutting.BULLET.match(own):
            return True
        if cutting.indent(other) > cutting.indent(own):
            return True
        plain = not cutting.BULLET.match(other) and not cutting.BULLET.match(own)
        return (
            plain and own.rstrip().endswith(":") and not other.rstrip().endswith(":") and not cutting.LABEL.match(other)
        )

    def _block(self, part: Part, head: tuple[int, int], children: Sequence[tuple[int, int]]) -> Iterable[_Item]:
        start, end = head
        bullet = cutting.BULLET.match(self.text[start:end])
        start += bullet.end() if bullet else 0
        own = [item for item in durations(self.text[start:end]) if not self._is_taken(start + item.start)]
        inner = [durations(self.text[a:b]) for a, b in children]
        by = details.by_whom(self.text[start:end])
        if own and (
            not any(inner)
            or len({self._top(a, b) for (a, b), found in zip(children, inner, strict=True) if found} - {None}) <= 1
        ):
            minutes = Found(own[0].minutes, start + own[0].start, start + own[0].end)
            yield _Item(part, start, children[-1][1], minutes=minutes, paragraph=start)
            return
        label = self.text[start:end].strip().rstrip(":").strip()
        if not any(inner) and self._named(start, end):
            yield _Item(part, start, children[-1][1], paragraph=start)
            return
        for a, b in children:
            child_bullet = cutting.BULLET.match(self.text[a:b])
            begin = a + (child_bullet.end() if child_bullet else 0)
            for one_start, one_end in cutting.sentences(self.text, begin, b):
                yield _Item(part, one_start, one_end, label, start, by.moved(start) if by else None, paragraph=begin)

    def _row(
        self, part: Part, start: int, line: str, cells: Sequence[tuple[int, int]], columns: cutting.Columns | None
    ) -> _Item:
        minutes = by = None
        if columns is not None and columns.minutes is not None and columns.minutes < len(cells):
            a, b = cells[columns.minutes]
            number = re.fullmatch(r"\s*(\d{1,3})\s*(?:min|mins|minutes|')?\s*", line[a:b])
            if number and int(number[1]) > 0:
                minutes = Found(int(number[1]), start + a + number.start(1), start + a + number.end(1))
        if columns is not None and columns.by is not None and columns.by < len(cells):
            a, b = cells[columns.by]
            value = _STAFF.get(line[a:b].strip().upper())
            by = Found(value, start + a, start + b) if value else None
        filled = [cell for cell in cells if cell[1] > cell[0]]
        first_start, last_end = (filled[0][0], filled[-1][1]) if filled else (0, 0)
        return _Item(part, start + first_start, start + last_end, heading_by=by, minutes=minutes, paragraph=start)

    # --- one item ------------------------------------------------------------------------------------------------

    def _read_item(self, item: _Item, *, needs_minutes: bool) -> None:
        start, end = self._without_totals(item.start, item.end)
        if end <= start:
            return
        if item.minutes is not None:
            self._add(start, end, item, item.minutes)
            return
        line = _MINUTES_LINE.match(self.text[start:end])
        if line:
            self._read_minutes_line(start + line.end(), end, item)
            return
        folded = self.folded[start:end]
        if (
            _NEGATED.search(folded)
            or _PLANNED.search(folded)
            or (_EARLIER.search(folded) and not _COMPARED.search(folded))
        ):
            self._read_partly_left_out(start, end, item, needs_minutes=needs_minutes)
            return
        if _HOME.search(folded) and not _TAUGHT.search(folded) and not durations(self.text[start:end]):
            self._leave_out(start, end, WhyLeftOut.HOME)
            return
        self._read_pieces(start, end, item, needs_minutes=needs_minutes)

    def _read_partly_left_out(self, start: int, end: int, item: _Item, *, needs_minutes: bool) -> None:
        """Split at commas, leave out the pieces that say so, and read the others."""
        kept: list[tuple[int, int]] = []
        for a, b in cutting.clauses(self.text, start, end):
            folded = self.folded[a:b]
            if _NEGATED.search(folded):
                self._leave_out(a, b, WhyLeftOut.NEGATED)
            elif _PLANNED.search(folded):
                self._leave_out(a, b, WhyLeftOut.PLANNED)
            elif _EARLIER.search(folded) and not _COMPARED.search(folded):
                self._leave_out(a, b, WhyLeftOut.EARLIER)
            elif kept and kept[-1][1] >= a - 3:
                kept[-1] = (kept[-1][0], b)
            else:
                kept.append((a, b))
        for a, b in kept:
            if durations(self.text[a:b]) or self._top(a, b) is not None:
                self._read_pieces(a, b, item, needs_minutes=needs_minutes)

    def _read_pieces(self, start: int, end: int, item: _Item, *, needs_minutes: bool) -> None:
        text = self.text[start:end]
        found = [found for found in durations(text) if not self._is_taken(start + found.start)]
        found = _without_bouts(text, found)
        if len(found) == 1 and self._give_back(start, end, item, found[0]):
            return
        people = self._by_person(start, end)
        if people:
            self._add_by_person(start, end, item, people, found)
            return
        local = next((one for one in found if self._is_local_total(start + one.start, start + one.end)), None)
        if local is not None and len(found) > 1:
            self._read_single(start, end, item, local)
            return
        if not found:
            if not needs_minutes:
                self._read_without_minutes(start, end, item)
            return
        label = cutting.LABEL.match(text)
        if label and len(found) > 1 and found[0].end <= label.end() and self._named_or_top(start, start + label.end()):
            self._read_labeled_total(start, end, item, label, found)
            return
        if len(found) == 1:
            self._read_single(start, end, item, found[0])
            return
        heading, heading_start = item.heading, item.heading_start
        for a, b, one in cutting.pieces(text, found):
            piece_start, piece_end = start + a, start + b
            minutes = Found(one.minutes, start + one.start, start + one.end)
            inner = cutting.LABEL.match(self.text[piece_start:piece_end])
            if (
                inner
                and inner.end() <= one.start + start - piece_start
                and self._named_or_top(piece_start, piece_start + inner.end())
            ):
                heading, heading_start = inner["label"].strip(), piece_start
            own = heading if not (inner and heading_start == piece_start) else item.heading
            told = replace(item, heading=own, heading_start=heading_start)
            if own:
                self._add(piece_start, piece_end, told, minutes, one.moved(start))
            else:
                self._read_single(piece_start, piece_end, told, one.moved(start - piece_start))

    def _read_labeled_total(
        self, start: int, end: int, item: _Item, label: re.Match[str], found: Sequence[Duration]
    ) -> None:
        """A label with its own duration before parts with theirs: one service, unless the parts differ in kind."""
        head, parts = found[0], found[1:]
        tops = {self._top(start + a, start + b) for a, b, _ in cutting.pieces(self.text[start:end], parts)} - {None}
        if len(tops) <= 1 or sum(part.minutes for part in parts) <= head.minutes:
            self._add(start, end, item, Found(head.minutes, start + head.start, start + head.end), head.moved(start))
            return
        name = self.text[start : start + label.end("label")].strip()
        for a, b, one in cutting.pieces(self.text[start:end], parts):
            begin = max(start + a, start + label.end())
            minutes = Found(one.minutes, start + one.start, start + one.end)
            self._add(begin, start + b, replace(item, heading=name, heading_start=start), minutes, one.moved(start))

    def _read_single(self, start: int, end: int, item: _Item, one: Duration) -> None:
        """An item with one duration: one service, or several of which those before the duration share it."""
        minutes = Found(one.minutes, start + one.start, start + one.end)
        named = self._services(start, end)
        if not named and not item.heading and self._needs_words(start, end, item, minutes):
            return
        if len({code for code, _, _ in named}) <= 1:
            after = [place for place in named if place[1] >= minutes.end]
            own = self._top(start, minutes.end)
            if after and own is not None and own not in {after[0][0], "evaluation"}:
                self._add(start, after[0][1], item, minutes, one.moved(start))
                self._add(after[0][1], end, item, None)
                return
            self._add(start, end, item, minutes, one.moved(start))
            return
        leading = not self.text[start : start + one.start].strip(" \t(-x~") or bool(
            _ENUMERATED.search(self.folded[start:end])
        )
        sharing = [(a, b) for _, a, b in named if leading or a < minutes.end]
        if len(sharing) == 1 and sharing[0][0] <= minutes.start:
            self._add(start, max(sharing[0][1], minutes.end), item, minutes, one.moved(start))
        else:
            self.shared.append(SharedMinutes(minutes, tuple(self.text[a:b].strip() for a, b in sharing)))
            for a, b in sharing:
                self._add(a, b, item, None)
        for _, a, b in named:
            if (a, b) not in sharing:
                self._add(a, b, item, None)

    def _read_without_minutes(self, start: int, end: int, item: _Item) -> None:
        folded = self.folded[start:end]
        previous = self.mentions[-1] if self.mentions else None
        if self._belongs_to_other(start, end, item, telling(folded)):
            return
        if self._continues_head(start, explicit=self._explicit(start, end), top=self._top(start, end)):
            self._extend(self.mentions[-1], end)
            return
        same_paragraph = previous is not None and previous.end <= start and item.paragraph <= previous.start
        top = self._top(start, end)
        explicit = self._explicit(start, end)
        if _EXAMINED.search(folded) and not _CODE.search(self.text[start:end]):
            return
        kinds = self._services(start, end)
        if len({code for code, _, _ in kinds}) > 1:
            for _, a, b in kinds:
                self._add(a, b, item, None)
            return
        if _NOT_DOING.search(folded) and not explicit:
            if previous is not None and self._adjoins(previous, start):
                self._take_up_response(previous, start, end)
            return
        if not explicit and (_MEASURE.search(folded) or top is None):
            if same_paragraph and previous is not None:
                self._extend(previous, end)
            return
        if same_paragraph and previous is not None and not explicit and previous.minutes is not None:
            best = previous.suggestions.best
            if best is not None and (top == best.code or (top in _NEIGHBORS and best.code in _NEIGHBORS)):
                self._extend(previous, end)
                return
        if item.part is Part.OPEN and not explicit and top is None:
            return
        self._add(start, end, item, None)

    def _belongs_to_other(self, start: int, end: int, item: _Item, told: Telling) -> bool:
        """Give the sentence to the minutes that stand before it, or to the act before it, where it is no act itself."""
        ahead, self._minutes_ahead = self._minutes_ahead, None
        if ahead is not None and ahead[1].paragraph == item.paragraph and self._top(start, end) is not None:
            self._add(ahead[0], end, ahead[1], ahead[2])
            return True
        self._minutes_ahead = ahead
        if _CODE.search(self.text, start, end) or told is Telling.ACT:
            return False
        if told is Telling.OPEN and (not self._needs_act or self._stands_for_itself(start, end)):
            return False
        if told is Telling.OPEN:
            self._set_aside = (start, end, item)
        self._take_up(start, end, item)
        return True

    def _stands_for_itself(self, start: int, end: int) -> bool:
        """Whether the words name a service, or a means that is used only to treat (a pack, a current, a needle)."""
        if self._named(start, end):
            return True
        top = self._top(start, end)
        return top is not None and top.startswith(_MEANS)

    def _take_up(self, start: int, end: int, item: _Item) -> None:
        """Let what stands behind an act say its purpose, response or progress; before the first act it says nothing."""
        previous = self.mentions[-1] if self.mentions else None
        if previous is None or previous.end > start:
            return
        if item.paragraph <= previous.start:
            self._extend(previous, end)
        elif self._adjoins(previous, start):
            self._take_up_response(previous, start, end)

    def _needs_words(self, start: int, end: int, item: _Item, minutes: Found[int]) -> bool:
        """Join minutes whose own words name nothing to the sentence before them, or let them wait for the next."""
        if self._named_or_top(start, end):
            return False
        answer = self._suggest(self.text[start:end])
        if answer.not_billable is not None and answer.not_billable.evidence:
            return False
        aside, self._set_aside = self._set_aside, None
        if aside is not None and aside[2].paragraph == item.paragraph and self._named_or_top(*aside[:2]):
            self._add(aside[0], end, aside[2], minutes)
            return True
        if answer.best is not None and answer.best.score >= _LIKELY:
            return False
        previous = self.mentions[-1] if self.mentions else None
        if (
            previous is not None
            and previous.minutes is None
            and item.paragraph <= previous.start
            and self._adjoins(previous, start)
        ):
            self._extend(previous, end)
            self.mentions[-1] = replace(self.mentions[-1], minutes=minutes)
            return True
        self._minutes_ahead = (start, replace(item, start=start, end=end), minutes)
        return True

    def _say_minutes_ahead(self) -> None:
        """A duration that stood alone and was followed by no act is a mention of its own: a person must say whose."""
        ahead, self._minutes_ahead = self._minutes_ahead, None
        if ahead is not None:
            count = len(self.mentions)
            self._add(ahead[0], ahead[1].end, ahead[1], ahead[2])
            late = self.mentions[count:]
            place = next((n for n, other in enumerate(self.mentions) if other.start > ahead[0]), count)
            self.mentions[place:] = [*late, *self.mentions[place:count]]

    def _give_back(self, start: int, end: int, item: _Item, one: Duration) -> bool:
        """Give a duration that stands alone to the acts before it that have none; several codes share it."""
        if not _BARE_TIME.fullmatch(self.folded[start : start + one.start] + " " + self.folded[start + one.end : end]):
            return False
        first = len(self.mentions)
        while first and self.mentions[first - 1].minutes is None and self.mentions[first - 1].start >= item.paragraph:
            first -= 1
        without = self.mentions[first:]
        minutes = Found(one.minutes, start + one.start, start + one.end)
        aside = self._set_aside
        if (
            not without
            and aside is not None
            and aside[2].paragraph == item.paragraph
            and self._top(*aside[:2]) is not None
        ):
            self._set_aside = None
            self._add(aside[0], end, aside[2], minutes)
            return True
        if not without:
            self._minutes_ahead = (start, item, minutes)
            return True
        if len({_best_code(mention) for mention in without}) > 1:
            self.shared.append(SharedMinutes(minutes, tuple(mention.what for mention in without)))
            return True
        del self.mentions[first + 1 :]
        self._extend(without[0], end)
        self.mentions[first] = replace(self.mentions[first], minutes=minutes)
        return True

    # --- minutes by person ---------------------------------------------------------------------------------------

    def _by_person(self, start: int, end: int) -> list[tuple[By, Found[int]]]:
        if "PTA" not in self.text and "assistant" not in self.folded:
            return []
        found: list[tuple[By, Found[int]]] = []
        for match in _PERSON_MINUTES.finditer(self.text, start, end):
            who = (match["who"] or match["by"] or match["named"]).upper()
            group = "n" if match["n"] else "m" if match["m"] else "k"
            value = By.PTA if who in {"PTA", "ASSISTANT"} else By.PT
            found.append((value, Found(int(match[group]), match.start(group), match.end())))
        return found if {by for by, _ in found} == {By.PT, By.PTA} else []

    def _add_by_person(
        self, start: int, end: int, item: _Item, people: Sequence[tuple[By, Found[int]]], found: Sequence[Duration]
    ) -> None:
        own = [
            one
            for one in found
            if all(not (start + one.start < m.end and m.start < start + one.end) for _, m in people)
        ]
        if len(own) > 1:
            self._read_person_pieces(start, end, item, people)
            return
        for by, minutes in people:
            self._add(start, end, item, minutes, by=Found(by, minutes.start, minutes.end))

    def _read_person_pieces(self, start: int, end: int, item: _Item, people: Sequence[tuple[By, Found[int]]]) -> None:
        for a, b, one in cutting.pieces(self.text[start:end], durations(self.text[start:end])):
            inside = [(by, m) for by, m in people if start + a <= m.start and m.end <= start + b]
            if inside:
                for by, minutes in inside:
                    self._add(start + a, start + b, item, minutes, by=Found(by, minutes.start, minutes.end))
            else:
                minutes = Found(one.minutes, start + one.start, start + one.end)
                self._add(start + a, start + b, item, minutes, one.moved(start))

    # --- parts that are not today, and billing -----------------------------------------------------------------------

    def _read_not_today(self, stretch: Stretch) -> None:
        why = WhyLeftOut.HOME if stretch.part is Part.HOME else WhyLeftOut.PLANNED
        if stretch.part is Part.ASSESSMENT:
            return
        for a, b in cutting.lines(self.text, stretch.start, stretch.end):
            bullet = cutting.BULLET.match(self.text[a:b])
            for sentence in cutting.sentences(self.text, a + (bullet.end() if bullet else 0), b):
                start, end = self._without_totals(*sentence)
                if end <= start:
                    continue
                if (
                    stretch.part is Part.HOME
                    and durations(self.text[start:end])
                    and _TAUGHT.search(self.folded[start:end])
                ):
                    item = _Item(stretch.part, start, end, "home exercise program", stretch.start, paragraph=start)
                    self._read_pieces(start, end, item, needs_minutes=True)
                    continue
                self._leave_out(start, end, WhyLeftOut.HOME if _HOME.search(self.folded[start:end]) else why)

    def _read_billing(self, stretch: Stretch) -> None:
        for a, b in cutting.lines(self.text, stretch.start, stretch.end):
            start, end = self._without_totals(a, b)
            if end <= start:
                continue
            line = self.text[start:end]
            codes = list(_CODE.finditer(self.text, start, end))
            if codes:
                self._list_codes(codes, end)
                continue
            found = durations(line)
            pairs = list(_MINUTES_PAIR.finditer(line)) if not found else []
            item = _Item(stretch.part, start, end, paragraph=start)
            if found:
                for piece_start, piece_end, one in cutting.pieces(line, found):
                    minutes = Found(one.minutes, start + one.start, start + one.end)
                    self._take_or_add(start + piece_start, start + piece_end, item, minutes)
            elif self.folded[max(0, stretch.start - 20) : stretch.start].find("minutes") >= 0:
                for pair in pairs:
                    minutes = Found(int(pair["n"]), start + pair.start("n"), start + pair.end("n"))
                    self._take_or_add(start + pair.start(), start + pair.end(), item, minutes)

    def _list_codes(self, codes: Sequence[re.Match[str]], end: int) -> None:
        for number, match in enumerate(codes):
            until = codes[number + 1].start() if number + 1 < len(codes) else end
            beside = _BESIDE_CODE.match(self.text[match.end() : until])
            units = (beside["times"] or beside["units"]) if beside else None
            found = durations(self.text[match.end() : until])
            minutes = found[0].minutes if found else None
            self.listed.append(
                ListedCode(match["code"], int(units) if units else None, minutes, match.start(), match.end())
            )
            if minutes is not None:
                place = Found(minutes, match.end() + found[0].start, match.end() + found[0].end)
                self.pending_minutes.append(place)

    def use_listed_minutes(self) -> None:
        """Give minutes listed beside a code to its one mention that has none; a code not mentioned is one itself."""
        places = iter(self.pending_minutes)
        for listed in self.listed:
            if listed.minutes is None:
                continue
            minutes = next(places)
            same = [n for n, mention in enumerate(self.mentions) if _best_code(mention) == listed.code]
            if not same:
                item = _Item(Part.BILLING, listed.start, minutes.end, paragraph=listed.start)
                self._add(listed.start, minutes.end, item, minutes)
            elif len(same) == 1 and self.mentions[same[0]].minutes is None:
                self.mentions[same[0]] = replace(self.mentions[same[0]], minutes=minutes)

    def drop_bare_evaluations(self) -> None:
        """A heading that names the evaluation is no second one beside the mention that tells of it."""
        found = [mention for mention in self.mentions if _best_code(mention) in _EVALUATIONS]
        told = [mention for mention in found if mention.minutes is not None] or found[:1]
        self.mentions = [mention for mention in self.mentions if mention not in found or mention in told]

    def fill_in_who(self, who: Found[By] | None) -> None:
        """Where the note says who furnished the whole visit, that holds for every service that does not say."""
        if who is not None:
            self.mentions = [
                mention if mention.by is not None else replace(mention, by=who) for mention in self.mentions
            ]

    def settle_asked(self, codes: frozenset[str], code: str, why: str) -> None:
        """Answer the questions between these codes: something else in the note decides for one of them."""
        for number, mention in enumerate(self.mentions):
            asked = mention.suggestions.must_ask
            if asked is None or not set(asked.candidates) <= codes or code not in asked.candidates:
                continue
            ranked = mention.suggestions.ranked
            chosen = next((item for item in ranked if item.code == code), None)
            if chosen is not None:
                chosen = replace(chosen, why=why, question="", neighbor="")
                rest = tuple(item for item in ranked if item.code != code)
                answer = replace(mention.suggestions, ranked=(chosen, *rest), must_ask=None)
                self.mentions[number] = replace(mention, suggestions=answer)

    def settle_encounter(self, hint: Found[EncounterHint]) -> None:
        """Tell first and later encounters with a device apart by what the note says elsewhere."""
        said = self.text[hint.start : hint.end]
        for first in ("97760", "97761"):
            code = first if hint.value is EncounterHint.INITIAL else "97763"
            self.settle_asked(frozenset({first, "97763"}), code, f"“{said}”: {hint.value} encounter")

    def settle_with_totals(self, timed: Found[int] | None, treatment: Found[int] | None) -> None:
        """Where the minutes told add up to the note's total, what has none is part of what has them.

        A service that the note names outright is kept: that its minutes are missing is for a person to settle.
        """
        if self.shared:
            return
        billed = [mention for mention in self.mentions if mention.suggestions.not_billable is None]
        placed = sum(mention.minutes.value for mention in billed if mention.minutes is not None and _is_timed(mention))
        every = sum(mention.minutes.value for mention in self.mentions if mention.minutes is not None)
        over = placed - timed.value if timed is not None and timed.value > 0 else 0
        spare = [
            mention
            for mention in billed
            if mention.minutes is not None
            and mention.minutes.value == over
            and not self._explicit(mention.start, mention.end)
        ]
        if over > 0 and len(spare) == 1:
            (extra,) = spare
            self.mentions.remove(extra)
            self.left_out.append(LeftOut(extra.what, extra.start, extra.end, WhyLeftOut.TOLD))
            self.settle_with_totals(timed, treatment)
            return
        no_timed_left = timed is not None and placed == timed.value
        nothing_left = treatment is not None and 0 < every == treatment.value
        kept = []
        for mention in self.mentions:
            is_part = (
                mention.minutes is None
                and mention.suggestions.not_billable is None
                and (
                    (no_timed_left and _is_timed(mention))
                    or (nothing_left and not _best_code(mention).startswith((*_MEANS, *_EVALUATIONS)))
                )
            )
            if is_part and (placed == 0 or not self._explicit(mention.start, mention.end)):
                self.left_out.append(LeftOut(mention.what, mention.start, mention.end, WhyLeftOut.TOLD))
            else:
                kept.append(mention)
        self.mentions = kept

    def _read_minutes_line(self, start: int, end: int, item: _Item) -> None:
        for pair in _MINUTES_PAIR.finditer(self.text, start, end):
            minutes = Found(int(pair["n"]), pair.start("n"), pair.end("n"))
            self._take_or_add(pair.start(), pair.end(), item, minutes)

    def _take_or_add(self, start: int, end: int, item: _Item, minutes: Found[int]) -> None:
        """Give the minutes to the mention of the same service that has none, else make a mention of its own."""
        suggestions = self._suggest(self.text[start:end])
        if suggestions.best is None and suggestions.not_billable is None:
            return
        code = suggestions.best.code if suggestions.best else ""
        same = [n for n, mention in enumerate(self.mentions) if _best_code(mention) == code]
        if not same:
            self._add(start, end, item, minutes)
        elif len(same) == 1 and self.mentions[same[0]].minutes is None:
            self.mentions[same[0]] = replace(self.mentions[same[0]], minutes=minutes)

    # --- mentions --------------------------------------------------------------------------------------------------

    def _add(
        self,
        start: int,
        end: int,
        item: _Item,
        minutes: Found[int] | None,
        duration: Duration | None = None,
        by: Found[By] | None = None,
    ) -> None:
        """Add a mention; `duration` refers to the whole text."""
        start, end = cutting.trim(self.text, start, end)
        if end <= start:
            return
        what = self.text[start:end]
        heading = item.heading if item.heading and item.heading not in what else ""
        suggestions = self._suggest(f"{heading}: {what}" if heading else what)
        if suggestions.answer is None and minutes is None:
            return
        begins = ends = None
        if duration is not None and duration.begins is not None and duration.ends is not None:
            begins = Found(duration.begins, duration.start, duration.end)
            ends = Found(duration.ends, duration.start, duration.end)
        hits = concepts.find_in(what)
        bare = bool(hits) and all(hit.concept.name.startswith(_HEAD_CONCEPTS) for hit in hits)
        self._open_head = len(self.mentions) + 1 if bare and minutes is not None else 0
        person = by or _moved(details.by_whom(what), start) or item.heading_by
        self.mentions.append(
            Mention(
                what=what,
                start=start,
                end=end,
                heading=heading,
                suggestions=suggestions,
                minutes=minutes,
                starts_at=begins,
                ends_at=ends,
                by=person,
                one_on_one=_moved(details.one_on_one(what), start),
                group_size=_moved(details.group_size(what), start),
                side=_moved(details.side(what), start),
                region=_moved(details.region(what), start),
                attended=_moved(details.attended(what), start),
                purpose=_moved(details.purpose(what), start),
                response=_moved(details.response(what), start),
                progress=_moved(details.progress(what), start),
            )
        )

    def _extend(self, mention: Mention, end: int) -> None:
        """Let the last mention reach to `end`, and read its details again; its code stands."""
        start, end = cutting.trim(self.text, mention.start, end)
        what = self.text[start:end]
        self.mentions[-1] = replace(
            mention,
            what=what,
            end=end,
            side=mention.side or _moved(details.side(what), start),
            region=mention.region or _moved(details.region(what), start),
            by=mention.by or _moved(details.by_whom(what), start),
            purpose=mention.purpose or _moved(details.purpose(what), start),
            response=mention.response or _moved(details.response(what), start),
            progress=mention.progress or _moved(details.progress(what), start),
        )

    def _explicit(self, start: int, end: int) -> bool:
        """Whether the words name a service, or give its code."""
        return self._named(start, end) or bool(_CODE.search(self.text[start:end]))

    def _continues_head(self, start: int, *, explicit: bool, top: str | None) -> bool:
        """Whether a line goes on with the service that the line above named, with its minutes and nothing else."""
        if not self.mentions or self._open_head != len(self.mentions) or explicit:
            return False
        adjoins = not self.text[self.mentions[-1].end : start].strip(" .;\n\t-*•·▪◦)")
        return adjoins and "\n\n" not in self.text[self.mentions[-1].end : start] and (top is None or top in _NEIGHBORS)

    def _take_up_response(self, mention: Mention, start: int, end: int) -> None:
        said = self.text[start:end]
        self.mentions[-1] = replace(
            mention,
            response=mention.response or _moved(details.response(said), start),
            progress=mention.progress or _moved(details.progress(said), start),
        )

    def _adjoins(self, mention: Mention, start: int) -> bool:
        return not self.text[mention.end : start].strip(" .;\n\t-*•)")

    def _leave_out(self, start: int, end: int, why: WhyLeftOut) -> None:
        start, end = cutting.trim(self.text, start, end)
        if end > start and self._top(start, end) is not None:
            self.left_out.append(LeftOut(self.text[start:end], start, end, why))

    def _suggest(self, text: str) -> Suggestions:
        return suggest(text, payer_stimulation_code=self.payer_code, day=self.day)

    # --- what words speak for ------------------------------------------------------------------------------------

    def _points(self, start: int, end: int) -> list[tuple[str, float]]:
        known = self._known_points.get((start, end))
        if known is not None:
            return known
        total = concepts.points(concepts.find_in(self.text[start:end]))
        self._known_points[start, end] = ranked = sorted(
            ((name, value) for name, value in total.items() if not name.startswith("not:")),
            key=lambda pair: (-pair[1], pair[0]),
        )
        return ranked

    def _top(self, start: int, end: int) -> str | None:
        """The code or group of codes that the cues speak for most, or `None` when they say too little."""
        ranked = self._points(start, end)
        return ranked[0][0] if ranked and ranked[0][1] >= _STRONG else None

    def _named(self, start: int, end: int) -> bool:
        hits = concepts.find_in(self.text[start:end])
        return any(hit.concept.name.startswith("named_") for hit in hits)

    def _named_or_top(self, start: int, end: int) -> bool:
        return self._named(start, end) or self._top(start, end) is not None or bool(_CODE.search(self.text, start, end))

    def _services(self, start: int, end: int) -> list[tuple[str, int, int]]:
        """The services that the clauses name outright, as (code, start, end); none when a label names them all."""
        label = cutting.LABEL.match(self.text, start, end)
        codes = {match["code"] for match in _CODE.finditer(self.text, start, end)}
        if label and len(codes) <= 1 and self._named_or_top(start, label.end()):
            return []
        enumerated = bool(_ENUMERATED.search(self.folded[start:end]))
        named: list[tuple[str, int, int]] = []
        for a, b in cutting.clauses(self.text, start, end):
            code = self._kind_of_service(a, b) or (self._top(a, b) if enumerated else None)
            code = "device" if code in _DEVICES else code
            if code is not None and (not named or named[-1][0] != code):
                named.append((code, a, b))
        return named

    def _kind_of_service(self, start: int, end: int) -> str | None:
        """The service a clause names, where it names one outright; neighbors by content alone are not told apart."""
        code = _CODE.search(self.text, start, end)
        if code:
            return code["code"]
        ranked = self._points(start, end)
        if not ranked or ranked[0][1] < _STRONG:
            return None
        if self._named(start, end):
            return ranked[0][0]
        return None if ranked[0][0] in _NEIGHBORS else ranked[0][0]

    def _is_local_total(self, start: int, end: int) -> bool:
        """Whether a duration is written as the total of the item it stands in."""
        before = self.folded[max(0, start - 15) : start]
        return bool(_LOCAL_TOTAL.search(before) or re.match(r"\)?\s*total\b", self.folded[end:]))

    def _is_taken(self, place: int) -> bool:
        return any(start <= place < end for start, end in self.taken)

    def _without_totals(self, start: int, end: int) -> tuple[int, int]:
        """The item without totals at its beginning or end; an item that is only totals is empty."""
        for taken_start, taken_end in self.taken:
            if taken_start <= start < taken_end:
                start = min(taken_end, end)
                if not durations(self.text[start:end]) and not _CODE.search(self.text, start, end):
                    return end, end
            elif start < taken_start < end:
                before = self.text[start:taken_start]
                after = self.text[taken_end:end]
                if not self._named_or_top(start, taken_start) and not durations(before):
                    start = min(taken_end, end)
                    if not durations(after) and not _CODE.search(after):
                        return end, end
                elif not after.strip(" .,;)") or not durations(after):
                    end = taken_start
        if not any(letter.isalnum() for letter in self.text[start:end]):
            return end, end
        return cutting.trim(self.text, start, end)


_HEAD_CONCEPTS = ("named_", "manual_word", "one_on_one", "attended")
_MEANS = (
    "stimulation",
    "97140",
    "9701",
    "9702",
    "9703",
    "97124",
    "2056",
    "95992",
    "9759",
    "9760",
    "2924",
    "2952",
    "2953",
    "2954",
    "2955",
    "2958",
)
"""Codes whose words name a means of treating, so that naming it tells of its use."""
_DEVICES = frozenset({"97760", "97761", "97763"})
_EVALUATIONS = frozenset({"97161", "97162", "97163"})
_NEIGHBORS = frozenset(
    {"97110", "97112", "97116", "97530", "97535", "97150", "unattended", "attended", "97537", "97542"}
)


def _best_code(mention: Mention) -> str:
    return mention.suggestions.best.code if mention.suggestions.best else ""


def _without_bouts(text: str, found: list[Duration]) -> list[Duration]:
    """The durations, less bouts ("3 x 1 min") that stand beside the one duration they are part of."""
    bouts = [one for one in found if _BOUTS.match(text, one.start, one.end)]
    whole = [one for one in found if one not in bouts]
    return whole if len(whole) == 1 and bouts and sum(one.minutes for one in bouts) <= whole[0].minutes else found


def _is_timed(mention: Mention) -> bool:
    asked = mention.suggestions.must_ask
    codes = asked.candidates if asked is not None else (_best_code(mention),)
    found = [procedures.get(code) for code in codes]
    return all(procedure is not None and procedure.is_timed for procedure in found)


def _moved(found: Found[T] | None, by: int) -> Found[T] | None:
    return found.moved(by) if found is not None else None


def _portion(text: str, start: int, end: int) -> Found[By] | None:
    """Whose part of the visit a line tells, when it begins with that."""
    match = _PORTION.match(text, start, end)
    return Found(_STAFF[match["who"].upper()], match.start("who"), match.end("who")) if match else None
