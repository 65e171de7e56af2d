"""How alike a text is to each of many labeled phrases: character n-grams, weighted by rarity, in numpy.

Phrases become runs of 3, 4 and 5 characters; each run counts by how few phrases hold it; likeness is the cosine
of the two weighted counts, and a label's likeness is that of its most similar phrase. Deterministic: no
random numbers, and ties keep the order of the labels.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

_LENGTHS = (3, 4, 5)
_BREAK = 10
"""The line feed between phrases: no run crosses it."""


class PhraseIndex:
    """Phrases with labels, ready to be asked how alike a text is to each label."""

    def __init__(self, phrases: Iterable[tuple[str, str]]) -> None:
        """Index (label, normalized phrase) pairs; phrases are lower-case ASCII words with single spaces."""
        ordered = sorted(set(phrases))
        self.labels: tuple[str, ...] = tuple(sorted({label for label, _ in ordered}))
        of_label = [label for label, _ in ordered]
        self._label_starts = np.array([of_label.index(label) for label in self.labels], dtype=np.int64)
        self._phrases = len(ordered)
        text = "\n".join(f" {phrase} " for _, phrase in ordered) + "\n"
        codes = np.frombuffer(text.encode("ascii", "replace"), dtype=np.uint8).astype(np.int64)
        phrase_of = np.cumsum(codes == _BREAK) - (codes == _BREAK)
        grams, places = _runs(codes)
        owners = phrase_of[places]
        pairs, counts = np.unique(grams * (self._phrases + 1) + owners, return_counts=True)
        gram_of_pair, owner_of_pair = np.divmod(pairs, self._phrases + 1)
        self._grams, starts, held_by = np.unique(gram_of_pair, return_index=True, return_counts=True)
        self._starts = np.append(starts, len(pairs))
        self._rarity = np.log((1 + self._phrases) / (1 + held_by)) + 1.0
        weights = (1.0 + np.log(counts)) * np.repeat(self._rarity, held_by)
        lengths = np.sqrt(np.bincount(owner_of_pair, weights=weights * weights, minlength=self._phrases))
        self._weights = weights / lengths[owner_of_pair]
        self._owners = owner_of_pair

    def likeness(self, phrase: str, least: float = 0.0) -> Mapping[str, float]:
        """The likeness (0 to 1) of a normalized phrase to each label, where it is above `least`."""
        codes = np.frombuffer(f" {phrase} ".encode("ascii", "replace"), dtype=np.uint8).astype(np.int64)
        grams, counts = np.unique(_runs(codes)[0], return_counts=True)
        if not len(grams) or not len(self._grams):
            return {}
        found = np.minimum(np.searchsorted(self._grams, grams), len(self._grams) - 1)
        known = self._grams[found] == grams
        unknown_weight = float(np.log(1 + self._phrases) + 1.0)
        rarity = np.where(known, self._rarity[found], unknown_weight)
        weights = (1.0 + np.log(counts)) * rarity
        length = float(np.sqrt(np.sum(weights * weights)))
        rows, row_weights = found[known], weights[known] / length
        spans = self._starts[rows + 1] - self._starts[rows]
        if not len(rows):
            return {}
        offsets = np.repeat(self._starts[rows] - np.cumsum(spans) + spans, spans) + np.arange(int(spans.sum()))
        scores = np.bincount(
            self._owners[offsets],
            weights=self._weights[offsets] * np.repeat(row_weights, spans),
            minlength=self._phrases,
        )
        best = np.round(np.maximum.reduceat(scores, self._label_starts), 9)
        above = np.flatnonzero(best > least)
        return dict(zip((self.labels[place] for place in above), best[above].tolist(), strict=True))


def _runs(codes: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """All runs of characters that cross no line end, as numbers, and where each begins."""
    grams: list[npt.NDArray[np.int64]] = []
    places: list[npt.NDArray[np.int64]] = []
    for length in _LENGTHS:
        if len(codes) < length:
            continue
        last = len(codes) - length + 1
        numbers = codes[:last].copy()
        whole = codes[:last] != _BREAK
        for offset in range(1, length):
            numbers += codes[offset : last + offset] * 128**offset
            whole &= codes[offset : last + offset] != _BREAK
        inside = np.flatnonzero(whole)
        grams.append(numbers[inside] * (_LENGTHS[-1] + 1) + length)
        places.append(inside)
    if not grams:
        empty = np.zeros(0, dtype=np.int64)
        return empty, empty
    return np.concatenate(grams), np.concatenate(places)
