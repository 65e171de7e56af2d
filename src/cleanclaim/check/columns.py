"""Findings and gaps of many claims as frames: what `Verdicts.findings` and `Verdicts.unjudged` say one by one.

An archive has millions of them, so words are not written here: a finding carries the rule and its arguments, and
`cleanclaim.check.findings.render` makes the sentence where somebody reads it.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl

from cleanclaim.check.answers import Places, Truths, rows_with
from cleanclaim.check.judge import Verdicts
from cleanclaim.facts.catalogue import catalogue
from cleanclaim.facts.spread import Flags, Kinds
from cleanclaim.rules.kit import Rule, Verdict

FINDINGS: dict[str, pl.DataType | type[pl.DataType]] = {
    "claim": pl.String,
    "rule": pl.String,
    "severity": pl.String,
    "place": pl.String,
    "date_of_service": pl.Date,
    "payer": pl.String,
    "billing_npi": pl.String,
    "rendering_npi": pl.String,
    "claim_allowed_cents": pl.Int64,
    "cents": pl.Int64,
    "arguments": pl.String,
}
"""Columns of a frame of findings; `arguments` is JSON, the values of the rule's message by name."""

OF_CLAIM = ("claim_key", "date_of_service", "payer", "billing_npi", "rendering_npi", "claim_allowed_cents")
"""Columns of the claim that a finding carries; a judge is made with them as `extra`, and one that is not asked for is
null."""

VERDICTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "rule": pl.String,
    "passed": pl.Int64,
    "found": pl.Int64,
    "not_applicable": pl.Int64,
    "no_data": pl.Int64,
    "crashed": pl.String,
}
"""Columns of a frame of verdict counts, a row a rule; `crashed` says why, and is empty where the rule judged."""

GAPS: dict[str, pl.DataType | type[pl.DataType]] = {
    "rule": pl.String,
    "missing": pl.String,
    "rows": pl.Int64,
}
"""Columns of a frame of gaps: inputs that are missing together, in words, and on how many rows."""

_PLACES: dict[str, pl.Expr] = {
    "lines": pl.format("line {}", "line_number"),
    "services": pl.format("service {}", "service_number"),
    "diagnoses": pl.format("diagnosis {}", "position"),
    "days": pl.lit("day"),
    "day_codes": pl.col("day_code"),
    "claims": pl.lit("claim"),
    "pairs": pl.when(pl.col("first_claim_id") != pl.col("claim_id"))
    .then(
        pl.format(
            "line {} and line {} of {}",
            "second_line_number",
            "first_line_number",
            pl.when(pl.col("first_claim_key") != "").then("first_claim_key").fill_null("another claim"),
        )
    )
    .otherwise(
        pl.format(
            "lines {} and {}",
            pl.min_horizontal("first_line_number", "second_line_number"),
            pl.max_horizontal("first_line_number", "second_line_number"),
        )
    ),
}
"""Where in the claim a row is, as `cleanclaim.check.findings.place_of` says it."""


def findings_of(verdicts: Verdicts) -> pl.DataFrame:
    """Every finding, by claim, rule and row; columns of `FINDINGS`, then `claim_id` and `key` of the run."""
    known = verdicts.workspace.frames.names("claims")
    claims = verdicts.workspace.frames.holding("claims", OF_CLAIM).select(
        name if name in known else pl.lit(None, FINDINGS[name]).alias(name) for name in OF_CLAIM
    )
    parts = [
        _of_rule(verdicts, rule, rows_with(Verdict.FINDING, answers.truths(rule.code)), claims)
        for answers in verdicts.answers.values()
        for rule in verdicts.judge.rules
        if rule.code in answers.codes
    ]
    found = pl.concat([part for part in parts if part is not None] or [_EMPTY])
    return found.sort("claim_id", "rule", "key")


_EMPTY = pl.DataFrame(schema={**FINDINGS, "claim_id": pl.Int64, "key": pl.Int64})


def _of_rule(verdicts: Verdicts, rule: Rule, rows: Places, claims: pl.DataFrame) -> pl.DataFrame | None:
    if not len(rows):
        return None
    shown = verdicts.judge.shows(rule)
    place = _PLACES[rule.over]
    names = dict.fromkeys(("claim_id", *place.meta.root_names(), *shown))
    few = verdicts.workspace.frames.taken(rule.over, names, rows)
    cents = pl.lit(None, pl.Int64) if rule.dollars is None else rule.dollars.cast(pl.Int64)
    arguments = pl.struct(shown).struct.json_encode() if shown else pl.lit("{}")
    said = few.select(
        "claim_id",
        pl.lit(pl.Series(rows, dtype=pl.Int64)).alias("key"),
        pl.lit(rule.code).alias("rule"),
        pl.lit(rule.severity.value).alias("severity"),
        place.alias("place"),
        cents.alias("cents"),
        arguments.alias("arguments"),
    )
    of_claim = claims[said.get_column("claim_id")].rename({"claim_key": "claim"})
    return pl.concat([said, of_claim], how="horizontal").select(_EMPTY.columns)


def counts_of(verdicts: Verdicts) -> pl.DataFrame:
    """How often each rule gave each verdict; columns of `VERDICTS`, a row for every rule of the judge."""
    counts = verdicts.counts()
    rows = []
    for rule in verdicts.judge.rules:
        tally = counts.get(rule.code, {})
        named = (Verdict.PASS, Verdict.FINDING, Verdict.NOT_APPLICABLE, Verdict.NO_DATA)
        rows.append((rule.code, *(tally.get(verdict, 0) for verdict in named), verdicts.crashed.get(rule.code, "")))
    return pl.DataFrame(rows, schema=VERDICTS, orient="row")


def gaps_of(verdicts: Verdicts) -> pl.DataFrame:
    """For each rule, which inputs were missing together, and how often; columns of `GAPS`."""
    rows: list[tuple[str, str, int]] = []
    nulls = _Nulls(verdicts)
    for answers in verdicts.answers.values():
        for rule in verdicts.judge.rules:
            if rule.code in answers.codes:
                missing = nulls.missing(rule, answers.truths(rule.code))
                rows.extend((rule.code, words, count) for words, count in missing)
    return pl.DataFrame(rows, schema=GAPS, orient="row").sort("rule", "missing")


class _Nulls:
    """Where columns are null, each looked at once: many rules read the same."""

    def __init__(self, verdicts: Verdicts) -> None:
        self._verdicts = verdicts
        self._flags: dict[tuple[str, str, Kinds | None], Flags] = {}
        self._everywhere: dict[tuple[str, str], bool | None] = {}

    def missing(self, rule: Rule, truths: Truths) -> Iterable[tuple[str, int]]:
        """Inputs that are null together on the rows that lack data, in words, and on how many of them."""
        if not (truths.numbers == int(Verdict.NO_DATA)).any():
            return
        reads = {name: self._known(rule.over, name) for name in self._verdicts.judge.reads(rule)}
        partly = [name for name, known in reads.items() if known is None]
        kinds = self._verdicts.workspace.alike.telling(rule.over, truths.kinds, partly)
        truths = Truths(truths.by_row(), None) if kinds is None else Truths(truths.at(kinds.rows), kinds)
        hits = np.flatnonzero(truths.numbers == int(Verdict.NO_DATA))
        words: dict[str, Flags] = {}
        everywhere: set[str] = set()
        for name, known in reads.items():
            if known:
                continue
            word = catalogue().lacks(rule.over, name)
            if known is False:
                everywhere.add(word)
                continue
            null = self._of(rule.over, name, kinds)[hits]
            words[word] = words[word] | null if word in words else null
        rows = np.ones(len(hits), np.int64) if kinds is None else kinds.counts[hits]
        if not words:
            yield "; ".join(sorted(everywhere)), int(rows.sum())
            return
        pattern = np.zeros(len(hits), np.int64)
        for place, null in enumerate(words.values()):
            pattern[null] += 1 << place
        for value in np.unique(pattern).tolist():
            named = everywhere | {word for place, word in enumerate(words) if value >> place & 1}
            yield "; ".join(sorted(named)), int(rows[pattern == value].sum())

    def _known(self, table: str, name: str) -> bool | None:
        """Whether the column is known in every row, or in none; nothing where in some."""
        cell = (table, name)
        if cell not in self._everywhere:
            nulls = self._verdicts.workspace.frames.nulls(table, name, np.zeros(0, np.int32))
            self._everywhere[cell] = not nulls if isinstance(nulls, bool) else None
        return self._everywhere[cell]

    def _of(self, table: str, name: str, kinds: Kinds | None) -> Flags:
        """Which rows, or which kinds of row, are null in a column that is null in some."""
        key = (table, name, kinds)
        if key not in self._flags:
            nulls = self._verdicts.workspace.frames.nulls(table, name, None if kinds is None else kinds.rows)
            self._flags[key] = np.asarray(nulls)
        return self._flags[key]
