"""Minutes and clock times in free text: "x 15 min", "(10')", "0900-0915", "fifteen minutes", "1 hr 15 min".

Only a duration of treatment counts: "6-minute walk test", "min A", "40 mA-min", "8-10 min" and "from 8 to
10 min" do not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import time
from functools import lru_cache

from cleanclaim.coding.wording import fold

_MOST = 300
"""A single service of a visit is not longer than this, in minutes; a larger number is something else."""
_MOST_BOUTS = 6
_HOUR = 60
_HALF_DAY = 12
_DAY_MINUTES = 24 * _HOUR

_UNITS = (
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
)
_TEENS = ("fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty")
_WORDS = {word: number for number, word in enumerate((*_UNITS, *_TEENS), start=2)} | {
    f"{ten}{mark}{unit}": number + more
    for number, ten in zip(range(20, 70, 10), _TENS, strict=True)
    for more, unit in enumerate(("", "one", *_UNITS[:8]))
    for mark in (("-", " ") if unit else ("",))
}
_HOUR_WORDS = {"an": 1, "one": 1, "two": 2, "three": 3, "four": 4}
_UNIT = r"(?:minutes?|mins?|minute)\b"
_HAS_UNIT = re.compile(r"min|['′]|\dm\b|\d m\b")
_AMOUNT = (
    rf"(?:\d{{1,3}}|\b(?:(?:{'|'.join(_TENS)})(?:[- ](?:one|{'|'.join(_UNITS[:8])})\b)?|"
    rf"{'|'.join(sorted((*_UNITS, *_TEENS), key=len, reverse=True))}))"
)
_NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(sorted(_WORDS, key=len, reverse=True))})\b")
_DURATION = re.compile(
    rf"(?:(?<![\d.:/,a-z-])(?P<bouts>\d)\s*x\s*)?(?:(?<=\bx)|(?<![\d.:/a-z]))(?<!\d-)(?<!\d - )(?P<amount>{_AMOUNT})"
    rf"\s*-?\s*(?:{_UNIT}(?!\s*(?:a\b|assist|ast\b|walk\b|step\s+test|guard|vc|cue))|(?P<foot>['′](?![\d'′]))|"
    rf"(?P<letter>m\b(?!\.?\s*(?:\d|a\b|walk))))"
    rf"\.?(?P<after>\s*x\s*[2-6]\b(?!\s*(?:units?|u\b|[\d/]))|\s*each\b)?"
)
_PART_OF_HOUR = re.compile(r"\b(?:half an|a half|half|(?<!three )(?<!three-)a quarter|a quarter of an)[ -]hour\b")
_HOURS = re.compile(
    rf"(?<![\d.:/-])(?P<hours>\d(?:\.5)?|one|two|three|four|an|half an|half|three quarters of an|three-quarters of an|"
    rf"(?<!three )(?<!three-)quarter(?: of an)?)\s*-?\s*(?:hours?|"
    rf"hrs?)\b(?:\s*(?:and)?\s*(?P<rest>\d{{1,2}})\s*{_UNIT})?"
)
_CLOCK = r"(?:[01]?\d|2[0-3]):?[0-5]\d"
_RANGE = re.compile(
    rf"(?<![\d/.:-])(?P<begin>{_CLOCK})\s*(?P<begin_half>[ap]\.?m\.?)?\s*(?:-|to|until|till|through)\s*"
    rf"(?P<end>{_CLOCK})\s*(?P<end_half>[ap]\.?m\.?)?(?![\d/-]|:\d)"
)
_NOT_BEFORE = re.compile(
    r"(?:\bfrom\s+\d+\s*(?:min\w*)?\s*to\s*|\bfrom\s+|\bevery\s+|\bwithin\s+|\bafter\s+|\blast visit\s*:?\s*|"
    r"\bgoal\s*(?:of|:)?\s*|"
    r"\bup to\s+|\bprevious(?:ly)?\s+|\bma\s*[-*]?\s*|\bmore than\s+|\bgreater than\s+|\bless than\s+|"
    r"(?<!followed )\bby\s+|\bvs\.?\s*|[<>]\s*|"
    r"\b(?:sits?|sat|sitting|stood|standing|sleeps?|slept|drives?|drove|driving|stands|naps?|"
    r"napped)\s+"  # spelling: off
    r"(?:for\s+|about\s+|only\s+|up\s+to\s+)*|"
    r"\b(?:desk|computer|screen)\s+(?:work|time)\s+(?:for\s+|about\s+|x\s*)*|"
    r"\b(?:wore|wears?|wearing|worn)\s+(?:\w+\s+){0,3}|\bwear time\b[^.;\n]{0,15}|"
    r"\b(?:within|after|in)\s+(?:about\s+)?)$"
)
_NOT_AFTER = re.compile(
    r"\s*(?:ago\b|late\b|early\b|before (?:onset|symptoms|fatigue|pain)|/\s*day|per day|a day|daily|x/day|drive|"
    r"\bto\s+\d+\s*min|apart\b|"
    r"(?:rest\w*\s+)?(?:b/w|btwn|between|in between)\s+(?:each\s+|the\s+|all\s+)?"
    r"(?:sets?|reps?|repetitions|bouts?|rounds?|"
    r"positions?|trials?|laps?|walks?|intervals?|exercises?|readings?|circuits?)\b|"
    r"(?:each|per|every|a)\s+(?:position|side|rep\w*|set|hold|cycle|leg|arm|bout|morning|evening|night|week)\b|"
    r"(?:today\s*|now\s*)?[,(]\s*(?:up\s+from\s+|from\s+|vs\.?\s+|was\s+)?(?:\d{1,3}|[a-z]+)\s*(?:min\w*\s*)?"
    r"(?:last\b|yesterday|on\s+(?:the\s+)?\d|on\s+(?:mon|tue|wed|thu|fri|sat|sun)|at\s+(?:the\s+)?(?:eval|start|"
    r"first|last)|"
    r"before\b|previously|when\s+begun))"
)
_AGAIN = re.compile(r"[^.;\n]*")
_IN_ALL = re.compile(r"\s*(?:in all|in total|altogether)\b")
_WALKED = re.compile(r"\b(?:amb\w*|walk\w*|gait|ft|feet|distance|meters?|rw|fww|cane|crutch\w*|hallway|treadmill)\b")


@dataclass(frozen=True, slots=True)
class Duration:
    """Minutes written in a text, from character `start` to `end`; with clock times where these were written."""

    minutes: int
    start: int
    end: int
    begins: time | None = None
    ends: time | None = None

    def moved(self, by: int) -> Duration:
        """The same duration in a text that has `by` more characters in front."""
        return replace(self, start=self.start + by, end=self.end + by)


def in_figures(folded: str) -> str:
    """A folded text with number words and parts of an hour as figures, blanks after them so that every place stays."""
    in_minutes = _PART_OF_HOUR.sub(
        lambda match: ("15 min" if "quarter" in match.group() else "30 min").ljust(len(match.group())), folded
    )
    return _NUMBER_WORD.sub(lambda match: str(_WORDS[match.group()]).ljust(len(match.group())), in_minutes)


def durations(text: str) -> list[Duration]:
    """Every duration of treatment in the text, in its order, without overlaps."""
    return list(_durations(fold(text)))


@lru_cache(maxsize=16384)
def _durations(folded: str) -> tuple[Duration, ...]:
    found = [*_ranges(folded), *_hours(folded), *(_minutes(folded) if _HAS_UNIT.search(folded) else ())]
    found.sort(key=lambda item: (item.start, -item.end))
    kept: list[Duration] = []
    for item in found:
        if kept and item.start < kept[-1].end:
            continue
        if kept and _says_again(folded, kept[-1], item):
            kept[-1] = item if kept[-1].begins is None else kept[-1]
            continue
        kept.append(item)
    return tuple(kept)


def _says_again(folded: str, one: Duration, two: Duration) -> bool:
    """Whether two durations of one sentence are the same time told twice.

    An amount and a clock range ("3 hours, 08:05 to 11:05"), or an amount and its sum ("a quarter hour …, 15 minutes
    in all").
    """
    if one.minutes != two.minutes or not _AGAIN.fullmatch(folded[one.end : two.start]):
        return False
    return (one.begins is None) != (two.begins is None) or bool(_IN_ALL.match(folded, two.end))


def clock(text: str, half: str | None = None) -> time | None:
    """A clock time such as "9:05", "0905" or "905"; `half` is "am" or "pm" where written."""
    digits = text.replace(":", "")
    hour, minute = int(digits[:-2]), int(digits[-2:])
    if half and half.startswith("p") and hour < _HALF_DAY:
        hour += _HALF_DAY
    if half and half.startswith("a") and hour == _HALF_DAY:
        hour = 0
    return time(hour, minute) if hour < 24 and minute < _HOUR else None  # noqa: PLR2004 - hours of a day


def clock_range(begin: str, begin_half: str | None, end: str, end_half: str | None) -> tuple[time | None, time | None]:
    """The two clock times of a range; an am or pm written once holds for both where that keeps their order.

    "1:00-1:30 pm" is all afternoon, "11:30-12:15 pm" begins in the morning.
    """
    begin_hour, end_hour = (int(text.replace(":", "")[:-2]) % _HALF_DAY for text in (begin, end))
    in_order = begin_hour <= end_hour
    return (
        clock(begin, begin_half or (end_half if in_order else None)),
        clock(end, end_half or (begin_half if in_order else None)),
    )


def minutes_between(begins: time, ends: time) -> int | None:
    """The minutes from one clock time to a later one of the same day, or `None` when it is not later.

    Twelve-hour clocks without am or pm may pass noon ("11:30-12:15", "12:30-1:15"): such an end is taken as
    afternoon when it would otherwise come first.
    """
    gap = (ends.hour - begins.hour) * _HOUR + ends.minute - begins.minute
    if gap <= 0 and ends.hour < _HALF_DAY <= begins.hour + 2:
        gap += _HALF_DAY * _HOUR
    return gap if 0 < gap <= _MOST else None


def _ranges(folded: str) -> list[Duration]:
    found = []
    for match in _RANGE.finditer(folded):
        begin_text, end_text = match["begin"], match["end"]
        plain = ":" not in begin_text and ":" not in end_text
        if plain and (len(begin_text) < 3 or len(end_text) < 3):  # noqa: PLR2004 - "10-15" is no clock range
            continue
        if (":" in begin_text) != (":" in end_text):
            continue
        if plain and not match["begin_half"] and not (len(begin_text) == len(end_text) == 4):  # noqa: PLR2004
            continue
        begins, ends = clock_range(begin_text, match["begin_half"], end_text, match["end_half"])
        if begins is None or ends is None:
            continue
        gap = minutes_between(begins, ends)
        if gap is not None:
            found.append(Duration(gap, match.start(), match.end(), begins, ends))
    return found


def _hours(folded: str) -> list[Duration]:
    found = []
    for match in _HOURS.finditer(folded):
        word = match["hours"]
        if "quarter" in word:
            amount = _HOUR // 4 * (3 if word.startswith("three") else 1)
        elif word in {"half an", "half"}:
            amount = _HOUR // 2
        elif word in _HOUR_WORDS:
            amount = _HOUR_WORDS[word] * _HOUR
        else:
            whole, _, half = word.partition(".")
            amount = int(whole) * _HOUR + (_HOUR // 2 if half else 0)
        amount += int(match["rest"] or 0)
        if 0 < amount <= _MOST and not _excluded(folded, match.start(), match.end()):
            found.append(Duration(amount, match.start(), match.end()))
    return found


def _minutes(folded: str) -> list[Duration]:
    found = []
    for match in _DURATION.finditer(folded):
        word = match["amount"]
        amount = int(word) if word.isdigit() else _WORDS[word]
        if match["foot"] or match["letter"]:
            before = folded[max(0, match.start() - 60) : match.start()]
            marked = before.rstrip().endswith(("(", " x", ":")) or folded[match.end() :].lstrip()[:1] in {"-", ":", ")"}
            repeated = re.match(r"\s*x\s*\d", folded[match.end("amount") + 1 :])
            if amount > _HOUR or repeated or (not marked and _WALKED.search(before)):
                continue
        start = match.start("amount")
        bouts = int(match["bouts"]) if match["bouts"] else 1
        after = match["after"]
        if after and "x" in after:
            bouts *= int(after.strip().lstrip("x").strip())
        if 2 <= bouts <= _MOST_BOUTS:  # noqa: PLR2004 - one bout needs no product
            amount *= bouts
            start = match.start()
        end = match.end() if not after or "x" in after else match.start("after")
        if 0 < amount <= _MOST and not _excluded(folded, start, end):
            found.append(Duration(amount, start, end))
    return found


def _excluded(folded: str, start: int, end: int) -> bool:
    return bool(_NOT_BEFORE.search(folded[max(0, start - 30) : start]) or _NOT_AFTER.match(folded, end))
