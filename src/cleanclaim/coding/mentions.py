"""What has been read of a note so far: mentions of services, what is left out, minutes that several share."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TypeVar

from cleanclaim.coding import concepts, cutting, details
from cleanclaim.coding.answers import Suggestions
from cleanclaim.coding.durations import Duration
from cleanclaim.coding.found import Found
from cleanclaim.coding.note_items import Item
from cleanclaim.coding.note_words import NEIGHBORS, NoteWords
from cleanclaim.coding.reading import LeftOut, Mention, SharedMinutes, WhyLeftOut
from cleanclaim.coding.suggest import suggest
from cleanclaim.records import By

T = TypeVar("T")
_HEAD_CONCEPTS = ("named_", "manual_word", "one_on_one", "attended")


class Mentions:
    """Collects the mentions of one note; places are characters of the note's text."""

    def __init__(self, words: NoteWords, day: date, payer_code: str | None) -> None:
        self.words = words
        self.day = day
        self.payer_code = payer_code
        self.mentions: list[Mention] = []
        self.left_out: list[LeftOut] = []
        self.shared: list[SharedMinutes] = []
        self.open_head = 0

    def add(
        self,
        start: int,
        end: int,
        item: Item,
        minutes: Found[int] | None,
        duration: Duration | None = None,
        by: Found[By] | None = None,
    ) -> None:
        """Add a mention; `duration` refers to the whole text."""
        start, end = cutting.trim(self.words.text, start, end)
        if end <= start:
            return
        what = self.words.text[start:end]
        heading = item.heading if item.heading and item.heading not in what else ""
        suggestions = self.suggest(f"{heading}: {what}" if heading else what)
        if suggestions.answer is None and minutes is None:
            return
        begins = ends = None
        if duration is not None and duration.begins is not None and duration.ends is not None:
            begins = Found(duration.begins, duration.start, duration.end)
            ends = Found(duration.ends, duration.start, duration.end)
        hits = concepts.find_in(what)
        bare = bool(hits) and all(hit.concept.name.startswith(_HEAD_CONCEPTS) for hit in hits)
        self.open_head = len(self.mentions) + 1 if bare and minutes is not None else 0
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

    def extend(self, mention: Mention, end: int) -> None:
        """Let the last mention reach to `end`, and read its details again; its code stands."""
        start, end = cutting.trim(self.words.text, mention.start, end)
        what = self.words.text[start:end]
        grouped = best_code(mention) == "97150"
        self.mentions[-1] = replace(
            mention,
            what=what,
            end=end,
            side=mention.side or _moved(details.side(what), start),
            region=mention.region or _moved(details.region(what), start),
            by=mention.by or _moved(details.by_whom(what), start),
            group_size=mention.group_size or (_moved(details.group_size(what), start) if grouped else None),
            purpose=mention.purpose or _moved(details.purpose(what), start),
            response=mention.response or _moved(details.response(what), start),
            progress=mention.progress or _moved(details.progress(what), start),
        )

    def continues_head(self, start: int, *, explicit: bool, top: str | None) -> bool:
        """Whether a line goes on with the service that the line above named, with its minutes and nothing else."""
        if not self.mentions or self.open_head != len(self.mentions) or explicit:
            return False
        adjoins = not self.words.text[self.mentions[-1].end : start].strip(" .;\n\t-*•·▪◦)")
        return (
            adjoins
            and "\n\n" not in self.words.text[self.mentions[-1].end : start]
            and (top is None or top in NEIGHBORS)
        )

    def take_up_response(self, mention: Mention, start: int, end: int) -> None:
        """Let words behind the last mention say its response and progress, where it says none itself."""
        said = self.words.text[start:end]
        self.mentions[-1] = replace(
            mention,
            response=mention.response or _moved(details.response(said), start),
            progress=mention.progress or _moved(details.progress(said), start),
        )

    def adjoins(self, mention: Mention, start: int) -> bool:
        """Whether nothing but separators stands between a mention and a place behind it."""
        return not self.words.text[mention.end : start].strip(" .;\n\t-*•)")

    def leave_out(self, start: int, end: int, why: WhyLeftOut) -> None:
        """Report words that name a service as left out; words that name none are passed over."""
        start, end = cutting.trim(self.words.text, start, end)
        if end > start and self.words.top(start, end) is not None:
            self.left_out.append(LeftOut(self.words.text[start:end], start, end, why))

    def suggest(self, text: str) -> Suggestions:
        """The codes for words of this note, by its date and payer."""
        return suggest(text, payer_stimulation_code=self.payer_code, day=self.day)


def best_code(mention: Mention) -> str:
    """The code ranked first for a mention, or the empty text."""
    return mention.suggestions.best.code if mention.suggestions.best else ""


def _moved(found: Found[T] | None, by: int) -> Found[T] | None:
    return found.moved(by) if found is not None else None
