"""The loops of one transaction as a tree, built by its guide, with what had to be assumed said aloud.

The tree is the only place where it is decided which level a claim belongs to. Where a beginning is lost, an empty
level stands in its place: a claim whose subscriber is unknown gets no other claim's subscriber.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from cleanclaim.x12.delimiters import Delimiters
from cleanclaim.x12.guide import Guide, Place
from cleanclaim.x12.interchange import Segment
from cleanclaim.x12.problems import Problem

BEGINNERS = frozenset({"CLM", "CLP", "HL"})
"""Segments that begin a claim or a level: what was open before one is over, and what is in doubt of it is decided."""
_SMALLEST_LEVEL = 4
"""Segments of the smallest subscriber level: its beginning, its terms, the subscriber, the payer."""


@dataclass(slots=True, eq=False)
class LoopNode:
    """One occurrence of a loop. `opening` is `None` when the segment that begins it is missing."""

    id: str
    opening: Segment | None
    segments: list[Segment] = field(default_factory=list)
    children: list[LoopNode] = field(default_factory=list)

    def all(self, loop_id: str) -> list[LoopNode]:
        """The loops of that kind directly inside this one."""
        return [child for child in self.children if child.id == loop_id]

    def first(self, loop_id: str) -> LoopNode | None:
        """The first loop of that kind directly inside this one."""
        for child in self.children:
            if child.id == loop_id:
                return child
        return None

    def last(self, loop_id: str) -> LoopNode | None:
        """The last loop of that kind directly inside this one."""
        for child in reversed(self.children):
            if child.id == loop_id:
                return child
        return None

    def segment(self, segment_id: str, qualifiers: Sequence[str] = ()) -> Segment | None:
        """The first of its segments with that id and, where given, one of these in its first element."""
        for segment in self.segments:
            if segment.id == segment_id and (not qualifiers or segment.text(1) in qualifiers):
                return segment
        return None

    def every(self, segment_id: str, qualifiers: Sequence[str] = ()) -> Iterator[Segment]:
        """Its segments with that id and, where given, one of these in the first element."""
        for segment in self.segments:
            if segment.id == segment_id and (not qualifiers or segment.text(1) in qualifiers):
                yield segment

    @property
    def at(self) -> int:
        """The number of its first segment; 0 when it has none."""
        if self.segments:
            return self.segments[0].number
        return next((child.at for child in self.children if child.at), 0)

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in it; the transaction never is."""
        return self.id != "ST" and not self.segments and not self.children


def build(segments: Sequence[Segment], guide: Guide) -> tuple[LoopNode, list[Problem]]:
    """The tree of one transaction, from its first segment to its last, and what did not fit the guide."""
    builder = _Builder(guide)
    for segment in segments:
        builder.take(segment)
    builder.settle()
    builder.doubt(len(segments))
    return builder.root, builder.problems


def resume(
    held: Sequence[tuple[str, str | None]],
    segments: Sequence[Segment],
    guide: Guide,
    *,
    before: int,
    last_level: int,
    is_whole: bool,
) -> tuple[LoopNode, list[Problem], tuple[str, ...]]:
    """The tree of one part of a transaction, what did not fit, and the loops open behind it, outermost first.

    Of the transaction, `before` segments stood before it, the last hierarchical level among them numbered `last_level`.
    `held` are the levels that were open then, outermost first: each with its number, which is `None` where its own
    segment was lost; a segment of number 0 stands in each. Without `is_whole` the trailer is not among the segments: a
    gap in the count of levels then puts the claims around it in doubt by itself.
    """
    builder = _Builder(guide)
    builder.go_on(held, last_level)
    for segment in segments:
        builder.take(segment)
    builder.settle()
    builder.doubt(before + len(segments), is_whole=is_whole)
    return builder.root, builder.problems, builder.path


class _Builder:
    """Places one segment after the other; the open loops are a path from the transaction inward."""

    def __init__(self, guide: Guide) -> None:
        self.guide = guide
        self.root = LoopNode("ST", None)
        self.problems: list[Problem] = []
        self._open: list[LoopNode] = [self.root]
        self._levels: dict[str, tuple[str, LoopNode]] = {}
        # Around each loop the one that it stands in: a tree is never searched for a loop.
        self._around: dict[LoopNode, LoopNode] = {}
        self._last_level = 0
        # Claims since the last level, levels begun unseen since then, and claims that a lost level puts in doubt.
        self._recent: list[LoopNode] = []
        self._unseen = 0
        self._doubtful: list[tuple[Segment, list[LoopNode]]] = []

    def go_on(self, held: Sequence[tuple[str, str | None]], last_level: int) -> None:
        """Open the levels that an earlier part of the transaction left open."""
        self._last_level = last_level
        for loop_id, number in held:
            opener = Segment(0, self.guide.loops[loop_id].segment, Delimiters(), "", "")
            if loop_id == self.root.id:
                self.root.segments.append(opener)
                continue
            node = LoopNode(loop_id, None if number is None else opener, [opener])
            self._put(node)
            if number is not None:
                self._levels[number] = (loop_id, node)

    @property
    def path(self) -> tuple[str, ...]:
        """The loops that are open, outermost first."""
        return tuple([node.id for node in self._open])

    def take(self, segment: Segment) -> None:
        """Place the next segment."""
        name = segment.id
        if name in {"ST", "SE"}:
            self.root.segments.append(segment)
            return
        if name in BEGINNERS:
            self.settle()
        path = self.path
        place = self.guide.place(path, name, segment.text)
        if place is None:
            known = name in self.guide.known_segments
            found = "a segment that cannot stand here" if known else "a segment of no meaning here"
            self._problem(segment, path[-1], name or "segment", found, f"a segment of the {self._label(path[-1])}")
            if name == "HL":
                # A level of no kind is counted nevertheless.
                self._last_level = level_number(segment.text(1))
            return
        place = self._begun_anew(place, segment)
        for missing in place.missing:
            opens = self.guide.loops[missing].segment
            self._problem(segment, missing, opens, f"a {self._label(missing)} without its beginning", opens)
        if place.is_misplaced:
            self._problem(segment, path[-1], name, "a segment out of order", "it before the loops inside its level")
        self._follow(place, segment)

    def _follow(self, place: Place, segment: Segment) -> None:
        del self._open[place.depth :]
        for loop_id in place.opened:
            self._begin(loop_id, segment if place.begins and loop_id == place.opened[-1] else None)
        self._open[-1].segments.append(segment)

    def _begin(self, loop_id: str, opening: Segment | None) -> LoopNode:
        node = LoopNode(loop_id, opening)
        if loop_id == "2300":
            self._recent.append(node)
        elif opening is None and loop_id in {"2000A", "2000B", "2000C"}:
            self._unseen += 1
        if opening is not None and opening.id == "HL":
            self._attach_level(node, opening)
        self._put(node)
        return node

    def _put(self, node: LoopNode) -> None:
        """Put a loop into the innermost open one, and open it."""
        self._open[-1].children.append(node)
        self._around[node] = self._open[-1]
        self._open.append(node)

    # --- lost beginnings --------------------------------------------------------------------------------

    def _begun_anew(self, place: Place, segment: Segment) -> Place:
        """The place, or a new occurrence of its loop where a second segment of a kind shows that one has begun."""
        if not place.opened and place.depth > 1:
            node = self._open[place.depth - 1]
            if segment.id in self.guide.loops[node.id].resumes and self._has_like(node, segment):
                return Place(place.depth - 1, (node.id,), missing=(node.id,))
        if place.opened == ("2400",) and place.begins and segment.text(1).lstrip("0") == "1":
            # Lines count from 1 in every claim: this is another claim, whose own segments are lost.
            claim = self._open[place.depth - 1]
            if claim.first("2400") is not None:
                return Place(place.depth - 1, (claim.id, "2400"), begins=True, missing=(claim.id,))
        return place

    @staticmethod
    def _has_like(node: LoopNode, segment: Segment) -> bool:
        if segment.id != "HI":
            return node.segment(segment.id) is not None
        # A claim may carry several of these, each of another kind: the first component of the first element.
        kind = segment.parts(1)[0]
        return any(other.parts(1)[0] == kind for other in node.every("HI"))

    def settle(self) -> None:
        """Nothing more comes of the open claim: take from it another payer that may be the next claim's subscriber.

        Another payer's coverage (OI) and a line stand in every claim that has one. Where both are missing, what began
        like another payer may be a subscriber whose level is lost: it is nobody's, and neither is the claim behind it.
        """
        claim = next((node for node in self._open if node.id == "2300"), None)
        other = claim.last("2320") if claim is not None and claim.first("2400") is None else None
        if claim is None or other is None or other.segment("OI") is not None:
            return
        found = "another payer, or a subscriber whose level is lost"
        self.problems.append(Problem(other.at, "2320", "SBR", found, "OI in it, or HL before it"))
        claim.children.remove(other)
        while (gone := self._open[-1]).id not in {"2000A", "ST"} or gone.is_empty:
            self._open.pop()
            if gone.is_empty:
                # What alone told of it is nobody's. Of what is open each loop stands last in the one around it.
                self._open[-1].children.pop()
                if self._recent[-1:] == [gone]:
                    self._recent.pop()

    def doubt(self, count: int, *, is_whole: bool = True) -> None:
        """Once all segments are placed: take the subscriber from claims that a lost level may have stood before.

        A gap in the count of levels alone is a sloppy sender's. Where the trailer also promises more segments than
        there are, a level is lost, and the claims around it cannot be told apart.
        """
        trailer = self.root.segment("SE")
        if is_whole:
            promised = trailer.text(1) if trailer is not None else ""
            if trailer is None or len(promised) > 9 or not (promised.isascii() and promised.isdigit()):  # noqa: PLR2004
                return
            missing = int(promised) - count
            if missing <= 0:
                return
            if missing >= _SMALLEST_LEVEL - self._unseen and len(self._recent) > 1:
                # A level lost at the end leaves no gap, only claims too many under the last one.
                self._doubtful.append((trailer, self._recent[1:]))
        taken: dict[LoopNode, set[LoopNode]] = {}
        for segment, claims in self._doubtful:
            for claim in claims:
                holder = self._around[claim]
                if holder.id in {"2000B", "2000C"} and len(self._way_to(holder)) > 1:
                    taken.setdefault(holder, set()).add(claim)
                    unknown = LoopNode("2000A", None)
                    unknown.children.append(LoopNode("2000B", None, children=[claim]))
                    self.root.children.append(unknown)
                at = claim.opening or segment
                self._problem(at, "2000B", "HL", "a claim that a lost level may have stood before", "HL in full count")
        for holder, gone in taken.items():
            holder.children = [child for child in holder.children if child not in gone]

    # --- the hierarchy ----------------------------------------------------------------------------------

    def _attach_level(self, node: LoopNode, segment: Segment) -> None:
        """Make the level the segment names the innermost open one; an unknown one where it names none there is."""
        number, parent = segment.text(1), segment.text(2)
        if number != str(self._last_level + 1):
            self._problem(segment, node.id, "HL01", "a level out of count", str(self._last_level + 1))
        place = level_number(number)
        if place > self._last_level + 1 + self._unseen:
            self._doubtful.append((segment, self._recent))
        self._last_level, self._recent, self._unseen = place, [], 0
        wanted = {"2000B": "2000A", "2000C": "2000B"}.get(node.id)
        if wanted is not None:
            enclosing = self._open[-1]
            kind, named = self._levels.get(parent, ("", None))
            if kind == wanted and named is not None:
                if named is not enclosing:
                    self._problem(
                        segment, node.id, "HL02", "a level that is not the one around it", "the level around it"
                    )
                    self._reopen(named)
            elif enclosing.opening is not None:
                self._problem(
                    segment, node.id, "HL02", "no level that this one can belong to", f"a {self._label(wanted)}"
                )
                self._reopen(None, wanted)
        self._levels[number] = (node.id, node)

    def _reopen(self, named: LoopNode | None, wanted: str = "") -> None:
        if named is not None:
            self._open = self._way_to(named)
            return
        while self._open[-1].id != {"2000A": "ST", "2000B": "2000A"}[wanted]:
            self._open.pop()
        self._put(LoopNode(wanted, None))

    def _way_to(self, node: LoopNode) -> list[LoopNode]:
        """From the transaction to a level, with what is around it; the transaction alone where its biller is lost."""
        path = [node]
        while (around := self._around.get(path[-1])) is not None:
            path.append(around)
        path.reverse()
        return path if [one.id for one in path[1:2]] == ["2000A"] else [self.root]

    def _label(self, loop_id: str) -> str:
        return self.guide.loops[loop_id].label

    def _problem(self, segment: Segment, loop: str, element: str, found: str, expected: str) -> None:
        self.problems.append(Problem(segment.number, loop, element, found, expected))


def level_number(text: str) -> int:
    """The number that a hierarchical level gives itself (HL01); 0 where that is none."""
    return int(text) if len(text) < 10 and text.isascii() and text.isdigit() else 0  # noqa: PLR2004
