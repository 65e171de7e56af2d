"""Find a diagnosis by the words people use: `left knee pain`, `frozen shoulder`, `BPPV`, `M25.56`.

Three sources answer together: the beginning of a code, the committed synonyms, and the words of the official titles.
The order of the hits is our own judgment (likely outpatient therapy codes first, recovery before active treatment, a
named side before an unspecified one); it is a way to find a code, not a reason to bill it.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from cleanclaim.reference.icd10 import seventh
from cleanclaim.reference.icd10.data import CATEGORY, CODE_KINDS, code_list, fiscal_years, toml
from cleanclaim.reference.icd10.replacing import expand
from cleanclaim.reference.icd10.sides import Side
from cleanclaim.reference.icd10.states import State, state_on
from cleanclaim.reference.icd10.writing import dotted, is_well_formed, normalize
from cleanclaim.reference.published.editions import by_editions

_WORD = re.compile(r"[a-z0-9]+")
_DOTTED = re.compile(r"[A-Za-z]\d[0-9A-Za-z]\.[0-9A-Za-z]*")
_SMALL = {"a", "an", "and", "at", "by", "due", "for", "from", "in", "into", "my", "of", "on", "or", "the", "to", "with"}
_SMALL |= {"patient", "pt", "side"}
_SIDES = {
    "left": Side.LEFT, "l": Side.LEFT, "lt": Side.LEFT,
    "right": Side.RIGHT, "r": Side.RIGHT, "rt": Side.RIGHT,
    "bilateral": Side.BILATERAL, "bilat": Side.BILATERAL, "both": Side.BILATERAL, "bl": Side.BILATERAL,
}  # fmt: skip
_SPELLED = {
    "lower": "low", "arthritic": "arthritis", "post-op": "postop", "post op": "postop", "s/p": "after",
    "status post": "after", "b/l": "bilateral", "oedema": "edema", "anaemia": "anemia", "tendonitis": "tendinitis",
    "tmjd": "tmj", "fx": "fracture", "arthroplasty": "replacement", "ruptured": "rupture", "torn": "tear",
    "herniation": "herniated", "painful": "pain", "aching": "pain", "hurt": "pain", "hurts": "pain", "sore": "pain",
}  # fmt: skip
_SPELLED_WORD = re.compile(
    r"(?<![a-z])(" + "|".join(sorted(map(re.escape, _SPELLED), key=len, reverse=True)) + r")(?![a-z])"
)

_PREFIX_LENGTH = 3
"""A last word this long may still be unfinished."""
_SYNONYM = 100.0
_TITLE = 10.0
_BEGUN = 40.0
_PLACE_PENALTY = 1.5
_LIKELY = 0.2
_LIKELY_BEGUN = 0.9
_BEGUN_CODES = 12
_LEFT_OVER_BONUS = 3.0
_ENOUGH = 0.6
"""Share of a query's weight that a title must hold where no synonym answers the whole query; else all of it."""
_ALL = 0.999
_CANDIDATES = 300
_UNSPECIFIED_PENALTY = 0.8
_UNSPECIFIED_THOUGH_NAMED = 4.0
_BILATERAL_BONUS = 4.0
_SEVENTH_PENALTY = {None: 0.0, "D": 0.0, "A": 0.9, "S": 1.2}
_OTHER_SEVENTH_PENALTY = 1.0
_LENGTH_PENALTY = 0.06


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One code found, its title, what it is on the day, and the words that led to it."""

    code: str
    label: str
    side: Side | None
    state: State
    matched: str
    """`code`, `title`, or the synonym."""

    @property
    def dotted(self) -> str:
        """The code as people write it."""
        return dotted(self.code)


# --- words -----------------------------------------------------------------------------------------------


def _plain(text: str) -> str:
    """Lower case without accents and apostrophes, common spellings joined."""
    folded = unicodedata.normalize("NFKD", text.lower())
    kept = "".join(sign for sign in folded if not unicodedata.combining(sign)).replace("'", "").replace("\u2019", "")
    return _SPELLED_WORD.sub(lambda match: _SPELLED[match[1]], kept)


def _stem(word: str) -> str:
    """Drop a plural s, so that `falls` meets `fall`; short words and `-ss`, `-us`, `-is` keep theirs."""
    if len(word) > _PREFIX_LENGTH and word.endswith("s") and word[-2:] not in {"ss", "us", "is"}:
        return word[:-1]
    return word


def _tokens(text: str) -> list[str]:
    """The meaningful words of a text, in order."""
    return [_stem(word) for word in _WORD.findall(_plain(text)) if word not in _SMALL]


@dataclass(frozen=True, slots=True)
class _Query:
    """The words of a query, the side it names, and whether its last word may be unfinished."""

    tokens: tuple[str, ...]
    side: Side | None
    open_end: bool

    def holds(self, words: Iterable[str]) -> bool:
        """Whether every word is in the query; the last word of the query may be the beginning of one."""
        last = self.tokens[-1]
        return all(
            word in self.tokens or (self.open_end and len(last) >= _PREFIX_LENGTH and word.startswith(last))
            for word in words
        )


def _query(text: str) -> _Query:
    """Read a query."""
    words = _WORD.findall(_plain(text))
    named = {_SIDES[word] for word in words if word in _SIDES}
    side = Side.BILATERAL if len(named) > 1 else next(iter(named), None)
    tokens = tuple(_stem(word) for word in words if word not in _SIDES and word not in _SMALL)
    return _Query(tokens, side, text[-1:].isalnum() and bool(words) and words[-1] not in _SIDES)


# --- synonyms --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Synonym:
    """One term with its words and the forms of its codes."""

    text: str
    words: frozenset[str]
    forms: tuple[str, ...]


@cache
def _synonyms() -> tuple[_Synonym, ...]:
    """Every term of `synonyms.toml`."""
    return tuple(
        _Synonym(text, frozenset(_tokens(text)), tuple(row["codes"]))
        for row in toml("synonyms.toml")["term"]
        for text in row["words"]
    )


@cache
def _by_word() -> tuple[dict[str, list[_Synonym]], list[str]]:
    """Word to the terms that hold it, and the words in order."""
    found: dict[str, list[_Synonym]] = {}
    for synonym in _synonyms():
        for word in sorted(synonym.words):
            found.setdefault(word, []).append(synonym)
    return found, sorted(found)


def _near(query: _Query) -> list[_Synonym]:
    """The terms that share a word with the query, or a word that begins with its last."""
    by_word, words = _by_word()
    asked = list(query.tokens)
    last = query.tokens[-1]
    if query.open_end and len(last) >= _PREFIX_LENGTH:
        asked += words[bisect_left(words, last) : bisect_left(words, last + "~")]
    return list(dict.fromkeys(synonym for word in asked for synonym in by_word.get(word, ())))


@by_editions(*CODE_KINDS, most=4_096)
def _expanded(form: str, day_class: tuple[date, date]) -> tuple[str, ...]:
    """The billable codes of a form; the days of one class differ in nothing."""
    return expand(form, day_class[0])


def _day_class(day: date) -> tuple[date, date]:
    """The fiscal year that holds the day, or the day alone."""
    for year in fiscal_years():
        if year.valid_from <= day <= year.valid_through:
            return year.valid_from, year.valid_through
    return day, day


def _worth(query: _Query, synonym: _Synonym) -> float:
    """How well a term answers a query: all its words are there, or it holds all words of the query, or not at all."""
    asked = len(query.tokens)
    if query.holds(synonym.words):
        finished = all(word in query.tokens for word in synonym.words)
        return _SYNONYM * min(1.0, len(synonym.words) / asked) + finished
    last = query.tokens[-1]
    begun = any(word.startswith(last) for word in synonym.words) if query.open_end else last in synonym.words
    if begun and all(word in synonym.words for word in query.tokens[:-1]):
        return _BEGUN * asked / len(synonym.words)
    return 0.0


@dataclass(frozen=True, slots=True)
class _Found:
    """A code that a term led to: how well, by which term, and the words of the query that the term leaves over."""

    worth: float
    text: str
    begun: bool
    left_over: tuple[str, ...]


def _from_synonyms(query: _Query, day: date) -> dict[str, _Found]:
    """Code to what led to it, for every term that answers the query."""
    found: dict[str, _Found] = {}
    for synonym in _near(query):
        score = _worth(query, synonym)
        if not score:
            continue
        begun = not query.holds(synonym.words)
        left_over = () if begun else tuple(word for word in query.tokens if word not in synonym.words)
        for place, form in enumerate(synonym.forms):
            for code in _expanded(form, _day_class(day))[: _BEGUN_CODES if begun else None]:
                worth = score - _PLACE_PENALTY * place
                if code not in found or worth > found[code].worth:
                    found[code] = _Found(worth, synonym.text, begun, left_over)
    return found


# --- titles ----------------------------------------------------------------------------------------------


class _TitleIndex:
    """Which titles hold which words."""

    def __init__(self, labels: pl.Series, weights: npt.NDArray[np.float32]) -> None:
        """Index the titles; `weights` are the likeliness of each code."""
        plain = labels.str.to_lowercase().str.replace_all("'", "", literal=True)
        accented = (plain.str.len_bytes() != plain.str.len_chars()).arg_true()
        plain = plain.scatter(accented, [_plain(labels[number]) for number in accented])
        words = plain.str.extract_all(_WORD.pattern)
        lengths = words.list.len().to_numpy()
        flat = words.explode(empty_as_null=False, keep_nulls=False)
        vocabulary = flat.unique().sort()
        stems = ["" if word in _SMALL else _stem(_SPELLED.get(word, word)) for word in vocabulary]
        names = sorted(set(stems))
        place = {name: number for number, name in enumerate(names)}
        # 16 bits hold the vocabulary, and numpy sorts them by radix.
        stem_of = np.array([place[stem] for stem in stems], dtype=np.uint16)
        ids = stem_of[flat.cast(pl.Enum(vocabulary)).to_physical().to_numpy()]
        order = np.argsort(ids, kind="stable")
        ids = ids[order]
        titles = np.repeat(np.arange(len(labels), dtype=np.uint32), lengths)[order]
        fresh = np.ones(len(ids), dtype=np.bool_)
        fresh[1:] = (ids[1:] != ids[:-1]) | (titles[1:] != titles[:-1])
        ids, titles = ids[fresh], titles[fresh]
        bounds = np.searchsorted(ids, np.arange(1, len(names), dtype=np.uint16))
        self.postings = {name: numbers for name, numbers in zip(names, np.split(titles, bounds), strict=True) if name}
        self.vocabulary = sorted(self.postings)
        self.size = len(labels)
        self.base = weights - _LENGTH_PENALTY * lengths.astype(np.float32)

    def titles_with(self, word: str, *, unfinished: bool) -> npt.NDArray[np.uint32]:
        """The titles that hold the word, or a word that begins with it."""
        exact = self.postings.get(word)
        if not unfinished or len(word) < _PREFIX_LENGTH:
            return np.empty(0, dtype=np.uint32) if exact is None else exact
        first = bisect_left(self.vocabulary, word)
        last = bisect_left(self.vocabulary, word + "~")
        lists = [self.postings[self.vocabulary[i]] for i in range(first, last)]
        if not lists:
            return np.empty(0, dtype=np.uint32)
        return lists[0] if len(lists) == 1 else np.unique(np.concatenate(lists))

    def holds(self, number: int, word: str) -> bool:
        """Whether one title holds the word."""
        numbers = self.postings.get(word)
        if numbers is None:
            return False
        place = int(np.searchsorted(numbers, number))
        return place < len(numbers) and int(numbers[place]) == number

    def knows(self, word: str, *, unfinished: bool) -> bool:
        """Whether any title holds the word."""
        return len(self.titles_with(word, unfinished=unfinished)) > 0

    def best(self, query: _Query, allowed: npt.NDArray[np.bool_], enough: float) -> list[tuple[int, float]]:
        """The likeliest titles that hold the share `enough` of the query, with their scores."""
        score = np.zeros(self.size, dtype=np.float32)
        total = 0.0
        for place, word in enumerate(query.tokens):
            unfinished = query.open_end and place == len(query.tokens) - 1
            numbers = self.titles_with(word, unfinished=unfinished)
            weight = float(np.log(1 + self.size / (1 + len(numbers)))) if len(numbers) else 8.0
            total += weight
            score[numbers] += weight
        if not total:
            return []
        near = np.flatnonzero((score >= enough * total) & allowed)
        if not len(near):
            return []
        worth = _TITLE * score[near] / total + self.base[near]
        if len(near) > _CANDIDATES:
            kept = np.argpartition(-worth, _CANDIDATES)[:_CANDIDATES]
            near, worth = near[kept], worth[kept]
        return [(int(number), float(value)) for number, value in zip(near, worth, strict=True)]


@by_editions(*CODE_KINDS)
def _weights() -> npt.NDArray[np.float32]:
    """How likely a therapy clinic is to mean each code, by the longest prefix listed."""
    weights = np.zeros(len(code_list().codes), dtype=np.float32)
    for prefix, weight in sorted(toml("common.toml")["weights"].items(), key=lambda item: len(item[0])):
        inside = code_list().below(prefix)
        weights[inside.start : inside.stop] = weight
    return weights


@by_editions(*CODE_KINDS)
def _titles() -> _TitleIndex:
    """The index over every title, built at the first search."""
    return _TitleIndex(code_list().frame["label"], _weights())


@by_editions(*CODE_KINDS)
def _allowed(day_class: tuple[date, date], *, billable_only: bool) -> npt.NDArray[np.bool_]:
    """Which codes may be shown for a class of days."""
    if not billable_only:
        return np.ones(len(code_list().codes), dtype=np.bool_)
    for year in fiscal_years():
        if year.valid_from == day_class[0]:
            return code_list().frame[year.column].fill_null(value=False).to_numpy().astype(np.bool_)
    codes = code_list().codes
    return np.fromiter((state_on(code, day_class[0]) is State.BILLABLE for code in codes), np.bool_, len(codes))


# --- the search ------------------------------------------------------------------------------------------


def _side_allows(asked: Side | None, side: str | None) -> bool:
    """Whether a code of that side answers a query that names one; both sides are two codes where none is bilateral."""
    return asked in {None, Side.BILATERAL} or side in {None, asked, Side.UNSPECIFIED}


def _adjustment(query: _Query, position: int) -> float:
    """How side and 7th character move a hit."""
    listed = code_list()
    side = listed.side[position]
    move = 0.0
    if side == Side.UNSPECIFIED:
        move -= _UNSPECIFIED_THOUGH_NAMED if query.side else _UNSPECIFIED_PENALTY
    elif query.side is not None and side == query.side:
        move += _BILATERAL_BONUS if side == Side.BILATERAL else 1.0
    elif side == Side.BILATERAL:
        move -= 0.1
    letter = seventh.character(listed.codes[position])
    return move - _SEVENTH_PENALTY.get(letter, _OTHER_SEVENTH_PENALTY)


def _known(query: _Query) -> _Query:
    """The query without the words that neither a term nor a title knows."""
    by_word, words = _by_word()
    titles = _titles()
    kept = []
    for place, word in enumerate(query.tokens):
        unfinished = query.open_end and place == len(query.tokens) - 1 and len(word) >= _PREFIX_LENGTH
        begins = bisect_left(words, word) < bisect_left(words, word + "~") if unfinished else word in by_word
        if begins or titles.knows(word, unfinished=unfinished):
            kept.append(word)
    open_end = query.open_end and kept[-1:] == list(query.tokens[-1:])
    return _Query(tuple(kept), query.side, open_end)


def _by_code(text: str, day: date, *, billable_only: bool) -> list[str]:
    """The codes that begin with the text, when it looks like a code."""
    key = normalize(text)
    if len(key) < CATEGORY or not is_well_formed(key) or not len(code_list().below(key)):
        return []
    codes = [code_list().codes[position] for position in code_list().below(key)]
    return [code for code in codes if not billable_only or state_on(code, day) is State.BILLABLE]


def search(text: str, day: date, limit: int = 10, *, billable_only: bool = True) -> list[SearchHit]:
    """The codes that the words, or the beginning of a code, most likely mean on the day, best first.

    Only codes billable on the day are given, unless `billable_only` is false: then headers and codes of other days
    come too, each with its state. A side in the words (`left`, `R`, `bilateral`) keeps the other side out; where no
    code is bilateral, both sides are given. An empty or unknown text gives an empty list.
    """
    listed = code_list()
    by_code = _by_code(text, day, billable_only=billable_only)
    if by_code or _DOTTED.fullmatch(text.strip()):
        return [_hit(code, day, "code") for code in by_code[:limit]]
    query = _known(_query(text))
    if not query.tokens:
        return []
    by_synonym = _from_synonyms(query, day)
    answered = any(found.worth >= _SYNONYM - _PLACE_PENALTY for found in by_synonym.values())
    allowed = _allowed(_day_class(day), billable_only=billable_only)
    titles = _titles()
    scores: dict[int, tuple[float, str]] = {}
    for number, worth in titles.best(query, allowed, _ALL if answered else _ENOUGH):
        scores[number] = (worth + _adjustment(query, number), "title")
    weights = _weights()
    for code, found in by_synonym.items():
        number = listed.position[code]
        likely = float(weights[number]) * (_LIKELY_BEGUN if found.begun else _LIKELY)
        in_title = sum(titles.holds(number, word) for word in found.left_over)
        scores[number] = (
            found.worth + likely + _LEFT_OVER_BONUS * in_title + _adjustment(query, number),
            found.text,
        )
    ranked = sorted(
        (number for number in scores if _side_allows(query.side, listed.side[number])),
        key=lambda number: (-round(scores[number][0], 3), len(listed.codes[number]), listed.codes[number]),
    )
    return [_hit(listed.codes[number], day, scores[number][1]) for number in ranked[:limit]]


def _hit(code: str, day: date, matched: str) -> SearchHit:
    """The hit of one code."""
    listed = code_list()
    position = listed.position[code]
    side = listed.side[position]
    return SearchHit(code, listed.labels[position], None if side is None else Side(side), state_on(code, day), matched)
