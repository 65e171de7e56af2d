"""Minutes that stand apart from the words they belong to, and sentences that belong to an act told elsewhere."""

from __future__ import annotations

import re
from dataclasses import replace

from cleanclaim.coding import cutting
from cleanclaim.coding.acts import Telling
from cleanclaim.coding.durations import Duration
from cleanclaim.coding.found import Found
from cleanclaim.coding.mentions import Mentions, best_code
from cleanclaim.coding.note_items import Item
from cleanclaim.coding.note_words import CODE, MEANS, NEIGHBORS
from cleanclaim.coding.reading import SharedMinutes

_BARE_TIME = re.compile(
    r"(?:\W|\b(?:one|on|1|total|in|all|with|me|the|therapist|pt|direct|contact|time|timed|spent|about|for|of|"
    r"this|these|it|that|took|"
    r"altogether|together|skilled|treatment)\b)*"
)
"""What may stand beside a duration that belongs to the act before it."""
_HEAD = re.compile(r"[^:;.\n]{4,70}:(?!\d)")
_LISTED = 3
"""Exercises from which on a sentence that names nothing else is a list of them."""
LISTED_LENGTH = 30
"""Characters of an entry of a bare list, at most."""
_LIKELY = 0.5
"""The score from which likeness alone is taken for what a sentence with minutes names."""


class LooseMinutes:
    """Joins minutes and acts that a note tells apart, within one part of it."""

    def __init__(self, told: Mentions) -> None:
        self.words = told.words
        self.told = told
        self.needs_act = False
        self.minutes_ahead: tuple[int, Item, Found[int]] | None = None
        self._set_aside: tuple[int, int, Item] | None = None
        self._unclaimed: list[tuple[int, int, Item]] = []

    def belongs_to_other(self, start: int, end: int, item: Item, told: Telling) -> bool:
        """Give the sentence to the minutes that stand before it, or to the act before it, where it is no act itself."""
        ahead, self.minutes_ahead = self.minutes_ahead, None
        if ahead is not None and ahead[1].paragraph == item.paragraph and self.words.top(start, end) is not None:
            self.told.add(ahead[0], end, ahead[1], ahead[2])
            return True
        self.minutes_ahead = ahead
        if CODE.search(self.words.text, start, end) or told is Telling.ACT:
            return False
        if self._is_headed(start, end) or (told is Telling.OPEN and self._lists_exercises(start, end)):
            return False
        if told is Telling.OPEN and (not self.needs_act or self._stands_for_itself(start, end)):
            return False
        if told is Telling.OPEN:
            self._set_aside = (start, end, item)
            self._unclaimed.append(self._set_aside)
        self._take_up(start, end, item)
        return True

    def _stands_for_itself(self, start: int, end: int) -> bool:
        """Whether the words name a service, or a means that is used only to treat (a pack, a current, a needle)."""
        if self.words.named(start, end):
            return True
        top = self.words.top(start, end)
        return top is not None and top.startswith(MEANS)

    def _is_headed(self, start: int, end: int) -> bool:
        """Whether the sentence is headed by a service's name: what it measures then is what was done."""
        label = _HEAD.match(self.words.text, start, end)
        return label is not None and self.words.named(start, label.end())

    def _lists_exercises(self, start: int, end: int) -> bool:
        """Whether the sentence is a bare list of exercises ("Bike, bridges, clams"): so a flow sheet tells of acts."""
        clauses = cutting.clauses(self.words.text, start, end)
        return len(clauses) >= _LISTED and all(
            b - a <= LISTED_LENGTH and self.words.top(a, b) in NEIGHBORS for a, b in clauses
        )

    def _take_up(self, start: int, end: int, item: Item) -> None:
        """Let what stands behind an act say its purpose, response or progress; before the first act it says nothing."""
        previous = self.told.mentions[-1] if self.told.mentions else None
        if previous is None or previous.end > start:
            return
        if item.paragraph <= previous.start:
            self.told.extend(previous, end)
        elif self.told.adjoins(previous, start):
            self.told.take_up_response(previous, start, end)

    def needs_words(self, start: int, end: int, item: Item, minutes: Found[int]) -> bool:
        """Join minutes whose own words name nothing to the sentence before them, or let them wait for the next."""
        if self.words.named_or_top(start, end):
            return False
        answer = self.told.suggest(self.words.text[start:end])
        if answer.not_billable is not None and answer.not_billable.evidence:
            return False
        aside, self._set_aside = self._set_aside, None
        if aside is not None and aside[2].paragraph == item.paragraph and self.words.named_or_top(*aside[:2]):
            self.told.add(aside[0], end, aside[2], minutes)
            return True
        if answer.best is not None and answer.best.score >= _LIKELY:
            return False
        previous = self.told.mentions[-1] if self.told.mentions else None
        if (
            previous is not None
            and previous.minutes is None
            and item.paragraph <= previous.start
            and self.told.adjoins(previous, start)
        ):
            self.told.extend(previous, end)
            self.told.mentions[-1] = replace(self.told.mentions[-1], minutes=minutes)
            return True
        self.minutes_ahead = (start, replace(item, start=start, end=end), minutes)
        return True

    def tell_unclaimed(self, timed: Found[int] | None) -> None:
        """Where the note's timed minutes are more than its services have, what was set aside may have the rest.

        It becomes a mention without minutes, for a person to settle, rather than be lost.
        """
        mentions = self.told.mentions
        if timed is None or self.told.shared:
            return
        if sum(mention.minutes.value for mention in mentions if mention.minutes is not None) >= timed.value:
            return
        for start, end, item in self._unclaimed:
            if self.words.top(start, end) is None or any(one.start < end and start < one.end for one in mentions):
                continue
            self.told.add(start, end, item, None)
            mentions.sort(key=lambda mention: mention.start)

    def say_minutes_ahead(self) -> None:
        """A duration that stood alone and was followed by no act is a mention of its own: a person must say whose."""
        ahead, self.minutes_ahead = self.minutes_ahead, None
        if ahead is not None:
            count = len(self.told.mentions)
            self.told.add(ahead[0], ahead[1].end, ahead[1], ahead[2])
            late = self.told.mentions[count:]
            place = next((n for n, other in enumerate(self.told.mentions) if other.start > ahead[0]), count)
            self.told.mentions[place:] = [*late, *self.told.mentions[place:count]]

    def give_back(self, start: int, end: int, item: Item, one: Duration) -> bool:
        """Give a duration that stands alone to the acts before it that have none; several codes share it."""
        if not _BARE_TIME.fullmatch(
            self.words.folded[start : start + one.start] + " " + self.words.folded[start + one.end : end]
        ):
            return False
        first = len(self.told.mentions)
        while (
            first
            and self.told.mentions[first - 1].minutes is None
            and self.told.mentions[first - 1].start >= item.paragraph
        ):
            first -= 1
        without = self.told.mentions[first:]
        minutes = Found(one.minutes, start + one.start, start + one.end)
        aside = self._set_aside
        if (
            not without
            and aside is not None
            and aside[2].paragraph == item.paragraph
            and self.words.top(*aside[:2]) is not None
        ):
            self._set_aside = None
            self.told.add(aside[0], end, aside[2], minutes)
            return True
        if not without:
            self.minutes_ahead = (start, item, minutes)
            return True
        if len({best_code(mention) for mention in without}) > 1:
            self.told.shared.append(SharedMinutes(minutes, tuple(mention.what for mention in without)))
            return True
        del self.told.mentions[first + 1 :]
        self.told.extend(without[0], end)
        self.told.mentions[first] = replace(self.told.mentions[first], minutes=minutes)
        return True
