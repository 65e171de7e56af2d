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
from cleanclaim.facts.spread import ByOwner, Flags, Kinds, as_places
from cleanclaim.pricing import kinds as kinds_of_rows
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
        (pl.col(name) if name in known else pl.lit(None, FINDINGS[name])).alias(_SHOWN_AS.get(name, name))
        for name in OF_CLAIM
    )
    judged = sorted(_judged(verdicts), key=lambda one: one[0].code)
    parts = [_of_rule(verdicts, rule, rows_with(Verdict.FINDING, truths)) for rule, truths in judged]
    said = pl.concat([part for part in parts if part is not None] or [_SAID], rechunk=True)
    # They stand by rule and row: a stable sort by one number is all that is left.
    said = said[as_places(np.argsort(said.get_column("claim_id").to_numpy(), kind="stable"))]
    # What a claim says of itself is read once all findings are in order, and not for each rule.
    return said.hstack(claims[said.get_column("claim_id")]).select(*FINDINGS, "claim_id", "key")


_SHOWN_AS = {"claim_key": "claim"}
"""Columns of the claim that are called otherwise in a frame of findings."""
_SAID = pl.DataFrame(
    schema={
        "claim_id": pl.Int64,
        "key": pl.Int64,
        **{name: FINDINGS[name] for name in ("rule", "severity", "place", "cents", "arguments")},
    }
)


def _judged(verdicts: Verdicts) -> Iterable[tuple[Rule, Truths]]:
    """The rules that have judged, with their answers."""
    codes = {table: set(answers.codes) for table, answers in verdicts.answers.items()}
    for rule in verdicts.judge.rules:
        if rule.code in codes[rule.over]:
            yield rule, verdicts.answers[rule.over].truths(rule.code)


def _of_rule(verdicts: Verdicts, rule: Rule, rows: Places) -> pl.DataFrame | None:
    if not len(rows):
        return None
    shown = verdicts.judge.shows(rule)
    place = _PLACES[rule.over]
    names = dict.fromkeys(("claim_id", *place.meta.root_names(), *shown))
    few = verdicts.workspace.frames.taken(rule.over, names, rows)
    cents = pl.lit(None, pl.Int64) if rule.dollars is None else rule.dollars.cast(pl.Int64)
    arguments = pl.struct(shown).struct.json_encode() if shown else pl.lit("{}")
    return few.select(
        "claim_id",
        pl.lit(pl.Series(rows, dtype=pl.Int64)).alias("key"),
        pl.lit(rule.code).alias("rule"),
        pl.lit(rule.severity.value).alias("severity"),
        place.alias("place"),
        cents.alias("cents"),
        arguments.alias("arguments"),
    )


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
    for rule, truths in _judged(verdicts):
        rows.extend((rule.code, words, count) for words, count in nulls.missing(rule, truths))
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
        # The first word last, so that what is missing comes in the order of the words.
        told_apart = kinds_of_rows.Kinds.by([null.astype(np.int8) for null in reversed(words.values())])
        counts = np.bincount(told_apart.of_row, rows)  # floats, which hold counts below 2⁵³ exactly
        for place, count in zip(told_apart.rows.tolist(), counts.tolist(), strict=True):
            named = everywhere | {word for word, null in words.items() if null[place]}
            yield "; ".join(sorted(named)), int(count)

    def _known(self, table: str, name: str) -> bool | None:
        """Whether the column is known in every row, or in none; nothing where in some."""
        cell = (table, name)
        if cell not in self._everywhere:
            column = self._held(table, name)
            nulls = column.null_count()
            self._everywhere[cell] = nulls == 0 if nulls in (0, len(column)) else None
        return self._everywhere[cell]

    def _held(self, table: str, name: str) -> pl.Series:
        """The column's values as they are held: by row, by kind of row, or by row of the table it was read from."""
        frames = self._verdicts.workspace.frames
        form = frames.form(table, name)
        if isinstance(form, ByOwner):
            return self._held(form.owner, form.name)
        return frames.column(table, name) if form is None else form.answers

    def _of(self, table: str, name: str, kinds: Kinds | None) -> Flags:
        """Which rows, or which kinds of row, are null in a column that is null in some."""
        key = (table, name, kinds)
        if key not in self._flags:
            nulls = self._verdicts.workspace.frames.nulls(table, name, None if kinds is None else kinds.rows)
            self._flags[key] = np.asarray(nulls)
        return self._flags[key]
