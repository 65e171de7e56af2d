"""Codes and minutes that a note lists for billing, apart from what it tells of the treatment."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from cleanclaim.coding import cutting
from cleanclaim.coding.durations import durations
from cleanclaim.coding.found import Found
from cleanclaim.coding.mentions import Mentions, best_code
from cleanclaim.coding.note_items import Item
from cleanclaim.coding.note_sections import Part, Stretch
from cleanclaim.coding.note_words import CODE
from cleanclaim.coding.reading import ListedCode

_BESIDE_CODE = re.compile(
    r"\s*(?:[-(:=]\s*)?(?:(?:[A-Z]{2}|59|KX)[,\s-]*)*(?:x\s*(?P<times>\d{1,2})\b(?!\s*min)|"
    r"(?P<units>\d{1,2})\s*(?:units?|u)\b)?"
)
MINUTES_LINE = re.compile(
    r"^\W*(?:timed |treatment |tx |billing )?(?:minutes|min|mins|time breakdown|time per code|"
    r"minutes per code)\s*(?:\([^)]*\))?\s*[:=]\s*",
    re.IGNORECASE,
)
_MINUTES_PAIR = re.compile(
    r"(?P<label>\d{5}|[A-Za-z][A-Za-z /&-]*?)\s*(?:[:=x-]|\s)\s*(?P<n>\d{1,3})\b(?:\s*(?:min|mins|minutes|'))?"
)


class ListedMinutes:
    """Codes and minutes listed for billing, and the mentions they complete."""

    def __init__(self, told: Mentions) -> None:
        self.words = told.words
        self.told = told
        self.listed: list[ListedCode] = []
        self._pending: list[Found[int]] = []

    def read_billing(self, stretch: Stretch) -> None:
        """Read a part that lists codes or minutes for billing."""
        for a, b in cutting.lines(self.words.text, stretch.start, stretch.end):
            start, end = self.words.without_totals(a, b)
            if end <= start:
                continue
            line = self.words.text[start:end]
            codes = list(CODE.finditer(self.words.text, start, end))
            if codes:
                self._list_codes(codes, end)
                continue
            found = durations(line)
            pairs = list(_MINUTES_PAIR.finditer(line)) if not found else []
            item = Item(stretch.part, start, end, paragraph=start)
            if found:
                for piece_start, piece_end, one in cutting.pieces(line, found):
                    minutes = Found(one.minutes, start + one.start, start + one.end)
                    self._take_or_add(start + piece_start, start + piece_end, item, minutes)
            elif self.words.folded[max(0, stretch.start - 20) : stretch.start].find("minutes") >= 0:
                for pair in pairs:
                    minutes = Found(int(pair["n"]), start + pair.start("n"), start + pair.end("n"))
                    self._take_or_add(start + pair.start(), start + pair.end(), item, minutes)

    def _list_codes(self, codes: Sequence[re.Match[str]], end: int) -> None:
        for number, match in enumerate(codes):
            until = codes[number + 1].start() if number + 1 < len(codes) else end
            beside = _BESIDE_CODE.match(self.words.text[match.end() : until])
            units = (beside["times"] or beside["units"]) if beside else None
            found = durations(self.words.text[match.end() : until])
            minutes = found[0].minutes if found else None
            self.listed.append(
                ListedCode(match["code"], int(units) if units else None, minutes, match.start(), match.end())
            )
            if minutes is not None:
                place = Found(minutes, match.end() + found[0].start, match.end() + found[0].end)
                self._pending.append(place)

    def use_listed_minutes(self) -> None:
        """Give minutes listed beside a code to its one mention that has none; a code not mentioned is one itself."""
        places = iter(self._pending)
        for listed in self.listed:
            if listed.minutes is None:
                continue
            minutes = next(places)
            same = [n for n, mention in enumerate(self.told.mentions) if best_code(mention) == listed.code]
            if not same:
                item = Item(Part.BILLING, listed.start, minutes.end, paragraph=listed.start)
                self.told.add(listed.start, minutes.end, item, minutes)
            elif len(same) == 1 and self.told.mentions[same[0]].minutes is None:
                self.told.mentions[same[0]] = replace(self.told.mentions[same[0]], minutes=minutes)

    def read_minutes_line(self, start: int, end: int, item: Item) -> None:
        """Read a line of services and minutes ("minutes: TE 15, MT 10")."""
        for pair in _MINUTES_PAIR.finditer(self.words.text, start, end):
            minutes = Found(int(pair["n"]), pair.start("n"), pair.end("n"))
            self._take_or_add(pair.start(), pair.end(), item, minutes)

    def _take_or_add(self, start: int, end: int, item: Item, minutes: Found[int]) -> None:
        """Give the minutes to the mention of the same service that has none, else make a mention of its own."""
        suggestions = self.told.suggest(self.words.text[start:end])
        if suggestions.best is None and suggestions.not_billable is None:
            return
        code = suggestions.best.code if suggestions.best else ""
        same = [n for n, mention in enumerate(self.told.mentions) if best_code(mention) == code]
        if not same:
            self.told.add(start, end, item, minutes)
        elif len(same) == 1 and self.told.mentions[same[0]].minutes is None:
            self.told.mentions[same[0]] = replace(self.told.mentions[same[0]], minutes=minutes)
