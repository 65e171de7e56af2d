"""The diagnoses of each claim as one list, and which claims list the same, so that a list is asked about once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cleanclaim.facts.keys import joined
from cleanclaim.facts.numbering import dense
from cleanclaim.pricing.distinct import distinct, starts
from cleanclaim.pricing.exact import Integers, Known

_MOST_FLAGS = 1 << 22
"""Numbers up to which they are told apart by one array over all of them; larger ones are sorted."""


class Lists(NamedTuple):
    """Rows of diagnoses claim by claim, in the order of their positions."""

    order: Integers
    """Rows of the table."""
    starts: Integers
    """By claim that has diagnoses: where its list begins in `order`."""
    counts: Integers
    """By claim: how long it is."""
    kind: Integers
    """By claim: the number of its list, from 0, the same for the same lists."""
    stands: Integers
    """By kind: a claim that has it, as a place in `starts`."""

    @classmethod
    def of(cls, claim: Integers, position: Integers, diagnosis: Integers) -> Lists:
        """Take the claim, the position and the number, from 0, of each diagnosis; alike in number, alike in all."""
        sure = np.ones(len(claim), np.bool_)
        placed = joined(Known(claim, sure), Known(position - position.min(initial=0), sure)).values
        order = np.argsort(placed, kind="stable")
        begin = np.flatnonzero(starts(claim[order]))
        counts = np.diff(begin, append=len(claim))
        own, base = diagnosis[order], int(diagnosis.max(initial=0)) + 2
        kind: Integers = np.zeros(len(begin), np.int64)
        for place in range(int(counts.max(initial=0))):
            longer = np.flatnonzero(counts > place)
            kind = kind * base
            kind[longer] += own[begin[longer] + place] + 1
            kind = _told_apart(kind)
        stands = np.zeros(int(kind.max(initial=-1)) + 1, np.int64)
        stands[kind] = np.arange(len(kind))
        return cls(order, begin, counts, kind, stands)

    def rows(self) -> tuple[Integers, Integers]:
        """The rows of one claim of each kind, list by list, and the kind of each."""
        counts = self.counts[self.stands]
        kind = np.repeat(np.arange(len(self.stands)), counts)
        within = np.arange(len(kind)) - np.repeat(np.cumsum(counts) - counts, counts)
        return self.order[self.starts[self.stands][kind] + within], kind


def numbered(known: Known) -> Integers:
    """Numbers from 0 in which an unknown value is one of its own."""
    return np.where(known.known, known.values + 1, 0)


def _told_apart(numbers: Integers) -> Integers:
    if int(numbers.max(initial=0)) < _MOST_FLAGS:
        return dense(numbers).numbers.astype(np.int64)
    return distinct(numbers).of_row
