"""One transaction judged by its guide, segment by segment, in memory that does not grow with it.

Only the loops that are open are kept: which of their segments and loops have stood, as the bits of a whole number, and
how often those that may repeat did.
"""

from __future__ import annotations

import re

from cleanclaim.x12.delimiters import Delimiters
from cleanclaim.x12.validation.dictionary import load_dictionary
from cleanclaim.x12.validation.elements import judge_segment
from cleanclaim.x12.validation.faults import Fault, FaultKind, Report
from cleanclaim.x12.validation.lookups import BY_FIRST, BY_ID, SoundByUse, balancer_of, hooks_of, telling_of
from cleanclaim.x12.validation.notation import SegmentUse
from cleanclaim.x12.validation.placing import Move, Places, places_of
from cleanclaim.x12.validation.structure import Entry, Loop, Structure

_SEGMENT_ID = re.compile(r"[A-Z][A-Z0-9]{1,2}")
_WHOLE_NUMBER = re.compile(r"-?[0-9]+")


class _Instance:
    """One loop that is open: `number` is its first segment in the transaction, `seen` the bits of what stood in it.

    `counts` says how often, by bit, of what stood more than once. `notes` are the values noted for conditions; `level`
    and `children` are the number of an HL and whether it says that others stand below it.
    """

    __slots__ = ("children", "counts", "level", "loop", "notes", "number", "seen")

    def __init__(self, loop: Loop, number: int) -> None:
        self.loop = loop
        self.number = number
        self.seen = 0
        self.counts: dict[int, int] | None = None
        self.notes = 0
        self.level = ""
        self.children = ""


class TransactionJudge:
    """Judges one transaction from its header on: `take` each segment, then `finish`.

    Faults go to `report` with `segment` counted from `offset`, the number of segments before the transaction.
    """

    def __init__(self, structure: Structure, delimiters: Delimiters, report: Report, offset: int) -> None:
        self._structure = structure
        self._delimiters = delimiters
        self._report = report
        self._offset = offset
        self._places: Places = places_of(structure)
        self._state = self._places.start
        self._stack: list[_Instance] = []
        self._levels = 0
        self._passed_over = 0
        self._drift = (0, "", "")
        self._sound = SoundByUse(delimiters)
        self._balancer = balancer_of(structure, self._unbalanced)
        self._hooks = hooks_of(structure, self._balancer)
        self._sign = delimiters.element
        self._telling = telling_of(structure)

    def begin(self, raw: str) -> None:
        """The transaction's header."""
        self._stack.append(_Instance(self._structure.root, 1))
        self._judge(self._structure.root.trigger, "ST", raw, 1)

    def take(self, raw: str, number: int) -> None:
        """The next segment, without its terminator; `number` counts from 1 at the header."""
        sign = self._sign
        end = raw.find(sign)
        tag = raw if end < 0 else raw[:end]
        telling = self._telling.get(tag)
        if telling is None:
            self._unknown(tag, number)
            return
        moves = self._state.moves
        if telling == BY_ID:
            move = moves.get(tag) or self._move(raw, tag)
        elif telling == BY_FIRST:
            second = raw.find(sign, end + 1)
            move = moves.get(raw if second < 0 else raw[:second]) or self._move(raw, tag)
        else:
            move = self._move(raw, tag)
        self._state = move.target
        entry = move.entry
        if entry is None:
            self._homeless(move, tag, number)
            return
        if self._passed_over:
            self._end_drift()
        stack = self._stack
        while len(stack) > move.depth:
            self._close(stack.pop())
        holder = stack[move.holder]
        bit = entry.bit
        if (holder.seen & bit and entry.most) or move.is_misplaced:
            self._count(holder, entry, move, number)
        holder.seen |= bit
        if entry.child is not None:
            holder = _Instance(entry.child, number)
            stack.append(holder)
            if tag == "HL":
                self._level(holder, raw, number)
            elif entry.child.is_numbered:
                self._numbered(stack[move.holder], entry, raw, number)
        use = entry.use
        sound = self._sound[use]
        if raw not in sound and not sound.admits(raw):
            self._judge(use, holder.loop.id, raw, number)
        if move.is_watched:
            self._note(holder, tag, raw)
        if use in self._hooks:
            self._count_in(use, raw, number)

    def finish(self, *, is_whole: bool) -> None:
        """The transaction is over; `is_whole` where its trailer was there."""
        if self._passed_over:
            self._end_drift()
        while self._stack:
            instance = self._stack.pop()
            if not self._stack and not is_whole:
                # The envelope misses the trailer, which stands last.
                instance.seen |= instance.loop.entries[-1].bit
            self._close(instance)
        if self._balancer is not None:
            self._balancer.finish()

    def _count_in(self, use: SegmentUse, raw: str, number: int) -> None:
        """A segment whose amounts must balance."""
        if self._balancer is not None:
            self._balancer.number = number
            self._hooks[use](raw.split(self._sign))

    # --- what is rare ------------------------------------------------------------------------------------

    def _move(self, raw: str, tag: str) -> Move:
        """Where a segment leads, by its id and the code that tells its uses apart, where it has one that does."""
        value = ""
        place = self._structure.qualified.get(tag)
        if place is not None:
            element, component = place
            parts = raw.split(self._sign, element + 1)
            value = parts[element] if element < len(parts) else ""
            if component:
                value = (value.split(self._delimiters.component, component) + [""] * component)[component - 1]
            if value not in self._structure.values.get(tag, ()):
                value = ""
        key = f"{tag}{self._sign}{value}" if value else tag
        moves = self._state.moves
        return moves.get(key) or self._places.move(self._state, key, tag, value)

    def _fault(
        self, kind: FaultKind, number: int, loop: str, tag: str, words: tuple[str, str], element: int = 0
    ) -> None:
        data_element = load_dictionary().segments[tag][element - 1] if element else ""
        self._report(Fault(kind, self._offset + number, number, loop, tag, element, 0, 0, *words, number=data_element))

    def _judge(self, use: SegmentUse, loop: str, raw: str, number: int) -> None:
        """Report what is wrong in a segment, if anything is."""
        for one in judge_segment(use, raw, self._delimiters):
            kind, element, component, repetition, found, expected, element_number, code = one
            self._report(
                Fault(
                    kind,
                    self._offset + number,
                    number,
                    loop,
                    use.tag,
                    element,
                    component,
                    repetition,
                    found,
                    expected,
                    element_number,
                    code,
                )
            )

    def _unknown(self, tag: str, number: int) -> None:
        """A segment that the guide does not have at all."""
        loop = self._state.levels[-1][0].id
        if tag in load_dictionary().segments:
            expected = f"a segment of {self._structure.label}"
            self._fault(FaultKind.SEGMENT_NOT_IN_TRANSACTION, number, loop, tag, ("a segment of others", expected))
        else:
            shown = tag if _SEGMENT_ID.fullmatch(tag) else "???"
            self._fault(FaultKind.UNKNOWN_SEGMENT, number, loop, shown, ("no known segment", "a segment of the guide"))

    def _homeless(self, move: Move, tag: str, number: int) -> None:
        """A segment of the guide that can stand nowhere here."""
        if move.is_passed_over:
            self._passed_over += 1
            return
        if self._passed_over:
            self._end_drift()
        loop = self._state.levels[-1][0].id
        self._drift = (number, loop, tag)
        values = sorted({value for entry in move.candidates for value in entry.values or ()})
        if values:
            element, component = self._structure.qualified[tag]
            found, expected = "a code that has no place here", f"one of {', '.join(values)}"
            fault = Fault(
                FaultKind.INVALID_CODE,
                self._offset + number,
                number,
                loop,
                tag,
                element,
                component,
                0,
                found,
                expected,
                self._number(move.candidates[0].use, element, component),
            )
            self._report(fault)
        else:
            words = ("a segment that has no place here", _after(self._state.levels))
            self._fault(FaultKind.UNEXPECTED_SEGMENT, number, loop, tag, words)

    @staticmethod
    def _number(use: SegmentUse, element: int, component: int) -> str:
        """The number of a data element."""
        found = use.elements[element - 1]
        if found is not None and component:
            found = found.parts[component - 1]
        return "" if found is None else found.number

    def _end_drift(self) -> None:
        """Say what stood after a loop's beginning that had no place, and so was not judged."""
        words = (f"{self._passed_over} segments after it", "a place for this one, without which they cannot be judged")
        self._fault(FaultKind.NOT_JUDGED, *self._drift, words)
        self._passed_over = 0

    def _count(self, holder: _Instance, entry: Entry, move: Move, number: int) -> None:
        """A segment or loop that has stood before in its loop, or that stands too late."""
        loop, tag = holder.loop.id, entry.tag
        if entry.child is not None:
            loop = entry.child.id
        if move.is_misplaced:
            words = ("a segment after others that follow it", "the order of the guide")
            self._fault(FaultKind.SEGMENT_OUT_OF_ORDER, number, loop, tag, words)
        if not holder.seen & entry.bit or not entry.most:
            return
        if holder.counts is None:
            holder.counts = {}
        times = holder.counts.get(entry.bit, 1) + 1
        holder.counts[entry.bit] = times
        if times > entry.most:
            kind = FaultKind.SEGMENT_TOO_OFTEN if entry.child is None else FaultKind.LOOP_TOO_OFTEN
            self._fault(kind, number, loop, tag, (f"{_ordinal(times)} of its kind", f"at most {entry.most}"))

    def _level(self, instance: _Instance, raw: str, number: int) -> None:
        """An HL: its own number is the next one, and it names the level it stands in."""
        elements = [*raw.split(self._sign), "", "", "", ""]
        self._levels += 1
        instance.level, instance.children = elements[1], elements[4]
        loop = instance.loop.id
        kind = FaultKind.LEVEL_NUMBER_WRONG
        if elements[1] != str(self._levels):
            self._fault(kind, number, loop, "HL", ("another number", f"{self._levels}, the next one"), 1)
            if elements[1].isascii() and elements[1].isdigit():
                # What follows is counted from here.
                self._levels = int(elements[1])
        above = next((one.level for one in reversed(self._stack[:-1]) if one.loop.trigger.tag == "HL"), "")
        if elements[2] != above:
            expected = "nothing, as it is the outermost" if not above else "the number of the level it stands in"
            self._fault(kind, number, loop, "HL", ("another level", expected), 2)

    def _numbered(self, around: _Instance, entry: Entry, raw: str, number: int) -> None:
        """A loop that counts its instances: the next number is its own."""
        times = (around.counts or {}).get(entry.bit, 1)
        stated = raw.partition(self._sign)[2]
        if entry.child is not None and stated != str(times) and _WHOLE_NUMBER.fullmatch(stated):
            words = ("another number", f"{times}, the next one")
            self._fault(FaultKind.LINE_NUMBER_WRONG, number, entry.child.id, entry.tag, words, 1)

    def _note(self, instance: _Instance, tag: str, raw: str) -> None:
        """Note a value that a condition asks for."""
        elements = raw.split(self._sign)
        for position, values, note in instance.loop.watched[tag]:
            value = elements[position] if position < len(elements) else ""
            if value in values:
                instance.notes |= note

    def _close(self, instance: _Instance) -> None:
        """A loop is over: what should have stood in it, and what its conditions ask."""
        loop = instance.loop
        missing = loop.required & ~instance.seen
        if missing:
            self._missing(instance, missing, FaultKind.SEGMENT_MISSING, FaultKind.LOOP_MISSING, "")
        if loop.conditions:
            self._conditions(instance)
        if loop.levels and instance.children == "1" and not instance.seen & loop.levels:
            words = ("1", "0, as no level stands below it")
            self._fault(FaultKind.LEVEL_NUMBER_WRONG, instance.number, loop.id, "HL", words, 4)
        if loop.levels and instance.children == "0" and instance.seen & loop.levels:
            words = ("0", "1, as a level stands below it")
            self._fault(FaultKind.LEVEL_NUMBER_WRONG, instance.number, loop.id, "HL", words, 4)

    def _missing(self, instance: _Instance, bits: int, segment: FaultKind, loop: FaultKind, why: str) -> None:
        """Report entries of a loop that should have stood, at the loop's beginning."""
        id_ = instance.loop.id
        for entry in instance.loop.entries:
            if entry.bit & bits:
                codes = f" with {', '.join(sorted(entry.values))}" if entry.values else ""
                if entry.child is None:
                    words = ("nothing", f"{entry.tag}{codes} in the loop that begins here{why}")
                    self._fault(segment, instance.number, id_, entry.tag, words)
                else:
                    expected = f"loop {entry.child.id} ({entry.child.label}), which {entry.tag}{codes} opens{why}"
                    self._fault(loop, instance.number, id_, entry.tag, ("nothing", expected))

    def _conditions(self, instance: _Instance) -> None:
        for one in instance.loop.conditions:
            around = (other for other in (instance, *reversed(self._stack)) if other.loop.id == one.where)
            where = next(around, None)
            if where is None or not where.notes & one.note:
                continue
            missing = one.needs & ~instance.seen & ~instance.loop.required
            if missing:
                kind = FaultKind.DEPENDENT_SEGMENT_MISSING
                self._missing(instance, missing, kind, kind, f": {one.why}")
            for entry in instance.loop.entries:
                if entry.bit & one.forbids & instance.seen:
                    name = entry.tag if entry.child is None else f"loop {entry.child.id}"
                    words = (name, f"none in the loop that begins here: {one.why}")
                    kind = FaultKind.DEPENDENT_SEGMENT_NOT_USED
                    self._fault(kind, instance.number, instance.loop.id, entry.tag, words)

    def _unbalanced(
        self, kind: FaultKind, number: int, loop: str, place: tuple[str, int], words: tuple[str, str]
    ) -> None:
        self._fault(kind, number, loop, place[0], words, place[1])


def _after(levels: tuple[tuple[Loop, int], ...]) -> str:
    """What may stand instead, in words."""
    loop, order = levels[-1]
    tags = sorted({entry.tag for entry in loop.entries if entry.order >= order})
    inside = f"one of {', '.join(tags)} in loop {loop.id}, or " if tags else ""
    return f"{inside}what follows that loop"


def _ordinal(times: int) -> str:
    return f"number {times}"
