"""Judge one block of an archive: all billed lines of some patients in, findings and counts out.

This is the one function that every way of running an audit calls: in this process, in processes beside it, on a
cluster. What comes out depends on the block's rows alone, never on where or in which order blocks are judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

import numpy as np
import polars as pl

from cleanclaim.audit import kept
from cleanclaim.audit.localities import with_localities
from cleanclaim.audit.packing import FILE, NUMBER, together, unpack
from cleanclaim.check import columns
from cleanclaim.check.columns import GAPS, OF_CLAIM, VERDICTS, counts_of, findings_of, gaps_of
from cleanclaim.check.contents import CONTENTS, CONTENTS_OF, claim_digests, contents_of
from cleanclaim.check.judge import Judge, Verdicts
from cleanclaim.check.selection import chosen
from cleanclaim.check.summary import BLOCKING
from cleanclaim.facts.folds import Groups
from cleanclaim.facts.frames import Frames
from cleanclaim.facts.kit import Context, Fold, Reach
from cleanclaim.facts.peers.standing import MEASURES, measures_of
from cleanclaim.lines.cells import Cells
from cleanclaim.lines.from_columns import lay_out
from cleanclaim.lines.tables import Tables
from cleanclaim.pricing.exact import integers
from cleanclaim.reference.payers import Payer
from cleanclaim.rules.kit import Rule

IS_REFUSED = "audit_is_refused"
"""Column of a block's lines beside the dictionary's and those of its place: a cell was unreadable."""

FINDINGS: dict[str, pl.DataType | type[pl.DataType]] = {"file": pl.Int64, "row": pl.Int64, **columns.FINDINGS}
"""Columns of the frame of findings; `file` and `row` are where the claim's first line stands, by number from 0."""

CLAIMS: dict[str, pl.DataType | type[pl.DataType]] = {
    "file": pl.Int64,
    "row": pl.Int64,
    "claim": pl.String,
    "date_of_service": pl.Date,
    "payer": pl.String,
    "discipline": pl.String,
    "billing_npi": pl.String,
    "rendering_npi": pl.String,
    "lines": pl.Int64,
    "units": pl.Int64,
    "timed_units": pl.Int64,
    "charge_cents": pl.Int64,
    "allowed_cents": pl.Int64,
    "lost_cents": pl.Int64,
    "left_cents": pl.Int64,
    "findings": pl.Int64,
    "paid_cents": pl.Int64,
}
"""Columns of the frame of claims: what each bills, is allowed, and what its findings sum to.

Once all findings of an audit are together, `lost_cents` is at most what the claim is allowed and charges: it is lost
once. `paid_cents` is what payment files of the archive, or else its tables, say was paid for the claim; null where none
speaks of it.
"""

SET_ASIDE: dict[str, pl.DataType | type[pl.DataType]] = {
    "file": pl.Int64,
    "row": pl.Int64,
    "field": pl.String,
    "expected": pl.String,
}
"""Columns of the frame of rows that could not be read; files and rows by number."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an audit is made with besides the claims; the same settings and claims give the same findings."""

    as_of: date
    default_payer: str | None = None
    payers: tuple[Payer, ...] = ()
    localities: tuple[tuple[str, str], ...] = ()
    """NPI of a billing provider, or `EVERY_CLINIC`, and the locality of its claims that name none."""
    select: tuple[str, ...] = ()
    """Rules or families to judge; empty: all that are active."""
    ignore: tuple[str, ...] = ()
    tells_contents: bool = False
    """Whether findings tell what they are about, so that they can be held against a baseline."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a block: lines of tables, and claims of claim files; at least one of both, or else what was `kept`.

    `cells` is as `cleanclaim.lines.cells.read_cells` types them, its rows with `NUMBER`, `FILE`, `IS_REFUSED`; `claims`
    as `cleanclaim.audit.packing.pack` makes them; `kept` has the tables of `cleanclaim.audit.kept.KEPT`.
    """

    cells: Cells | None = None
    claims: pl.DataFrame | None = None
    kept: Mapping[str, pl.DataFrame] | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of claims that are not in a block, where a rule looks beyond the patient."""

    days_without_therapist: frozenset[date] = frozenset()
    peers: pl.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of one block: frames with the columns of `FRAMES`."""

    findings: pl.DataFrame
    verdicts: pl.DataFrame
    gaps: pl.DataFrame
    claims: pl.DataFrame
    set_aside: pl.DataFrame
    peers: pl.DataFrame
    kept_claims: pl.DataFrame
    kept_services: pl.DataFrame
    contents: pl.DataFrame
    """What each finding is about, in the order of `findings`; empty unless that is asked for."""
    claim_contents: pl.DataFrame
    """What each claim says, in the order of `claims`; empty unless that is asked for."""

    def frames(self) -> dict[str, pl.DataFrame]:
        """The frames by name."""
        return {name: getattr(self, name) for name in FRAMES}


FRAMES: dict[str, dict[str, pl.DataType | type[pl.DataType]]] = {
    "findings": FINDINGS,
    "verdicts": VERDICTS,
    "gaps": GAPS,
    "claims": CLAIMS,
    "set_aside": SET_ASIDE,
    "peers": MEASURES,
    "kept_claims": dict(kept.CLAIMS),
    "kept_services": dict(kept.SERVICES),
    "contents": CONTENTS,
    "claim_contents": {"digest": pl.String},
}
"""The frames of `Judged`, with their columns."""

_SAID = tuple(name for name in OF_CLAIM if name in kept.OF_ARCHIVE)
"""What findings of rules that look beyond the patient say of their claim: what it is allowed, patients' blocks tell."""
_TOLD: dict[str, tuple[str, ...]] = {
    **CONTENTS_OF,
    "claims": (*OF_CLAIM, "discipline", *CONTENTS_OF["claims"]),
    "lines": ("units", "charge_cents", "is_timed", *CONTENTS_OF["lines"]),
}
"""Columns that the frame of claims and the contents of findings take beside what the rules read."""
_KEPT = {table: tuple(name for name in columns if name not in kept.PLACE) for table, columns in kept.KEPT.items()}


def judge_block(rows: Rows, settings: Settings, reach: Reach = Reach.PATIENT, beside: Beside | None = None) -> Judged:
    """Judge the billed lines of some patients, or of some therapists.

    Args:
        rows: every row of each patient, or, where rules look beyond the patient, of each therapist; for rules that
            compare therapists what is left of that.
        settings: what the audit is made with.
        reach: the rules that are judged: those that look at so much beside a claim.
        beside: what is known of claims that are not among the rows.
    """
    beside = beside or Beside()
    context = Context(
        payers={payer.id: payer for payer in settings.payers},
        days_without_therapist=beside.days_without_therapist,
        peers=beside.peers,
    )
    if reach is Reach.PATIENT:
        laid = lay(rows, settings)
        # What was laid out is not read again: its memory serves the judging, unless the caller holds the rows.
        del rows
        return _of_patients(laid, settings, context)
    given = rows.kept if rows.kept is not None else _kept_of(lay(rows, settings), context)
    verdicts = the_judge(settings.select, settings.ignore, reach).judge_given(given, context)
    frames = _told(verdicts, findings_of(verdicts), given["claims"].select(list(kept.PLACE)), settings)
    if reach is Reach.THERAPIST:
        frames["peers"] = measures_of(given["claims"])
    return Judged(**frames)


def _of_patients(laid: _Laid, settings: Settings, context: Context) -> Judged:
    """What rules that look at one patient find; claims and what was set aside are told here alone."""
    verdicts = the_judge(settings.select, settings.ignore, Reach.PATIENT).judge(laid.tables, context)
    found = findings_of(verdicts)
    frames = _told(verdicts, found, laid.places, settings)
    frames["claims"], frames["set_aside"] = _with_places(laid.places, _claims(verdicts, found)), laid.set_aside
    if furthest_reach(settings) > Reach.PATIENT:
        own = _kept(verdicts.workspace.frames, laid.places)
        frames["kept_claims"], frames["kept_services"] = own["claims"], own["services"]
    if settings.tells_contents:
        frames["claim_contents"] = claim_digests(verdicts.workspace.frames).alias("digest").to_frame()
    return Judged(**frames)


def _told(verdicts: Verdicts, found: pl.DataFrame, places: pl.DataFrame, settings: Settings) -> dict[str, pl.DataFrame]:
    """The frames of `Judged`, with what every way of judging tells."""
    frames = {name: pl.DataFrame(schema=schema) for name, schema in FRAMES.items()}
    frames["findings"] = _with_places(places[found.get_column("claim_id")], found).select(list(FINDINGS))
    frames["verdicts"], frames["gaps"] = counts_of(verdicts), gaps_of(verdicts)
    if settings.tells_contents:
        over = {rule.code: rule.over for rule in verdicts.judge.rules}
        table = pl.col("rule").replace_strict(list(over), list(over.values()), return_dtype=pl.String).alias("table")
        frames["contents"] = contents_of(verdicts.workspace.frames, found.select("rule", "key", "claim_id", table))
    return frames


def _kept_of(laid: _Laid, context: Context) -> dict[str, pl.DataFrame]:
    """What rules that look beyond a patient read, of rows that were brought together by therapist at once."""
    return _kept(_keeper().judge(laid.tables, context).workspace.frames, laid.places)


def _kept(frames: Frames, places: pl.DataFrame) -> dict[str, pl.DataFrame]:
    own = {table: frames.holding(table, names).select(names) for table, names in _KEPT.items()}
    own["claims"] = _with_places(places, own["claims"])
    return {table: frame.select(list(kept.KEPT[table])) for table, frame in own.items()}


def _with_places(places: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([places, rows], how="horizontal")


def placed(read: Cells, file: pl.Series | pl.Expr, number: pl.Series | pl.Expr) -> Cells:
    """Read lines as a block holds them: with their file and row, and whether a cell of theirs was unreadable."""
    refused = pl.Series([False]).new_from_index(0, read.height)
    if read.refused.height:
        refused = refused.scatter(read.refused.get_column("row").unique(), True)
    rows = read.rows.with_columns(
        number.cast(pl.Int64).alias(NUMBER), file.cast(pl.Int64).alias(FILE), refused.alias(IS_REFUSED)
    )
    return replace(read, rows=rows)


@dataclass(frozen=True, slots=True)
class _Laid:
    tables: Tables
    places: pl.DataFrame
    """By claim: `file` and `row` by which it is known."""
    set_aside: pl.DataFrame


def lay(rows: Rows, settings: Settings) -> _Laid:
    """The tables of a block's rows; a claim is known by the place of its first line, or of itself, in its file."""
    laid = _laid(rows, settings)
    if not settings.localities:
        return laid
    claims = with_localities(laid.tables.claims, dict(settings.localities))
    return replace(laid, tables=replace(laid.tables, claims=claims))


def _laid(rows: Rows, settings: Settings) -> _Laid:
    laid: list[_Laid] = []
    if rows.cells is not None:
        cells = rows.cells
        spoiled = cells.rows.get_column(IS_REFUSED).to_numpy().nonzero()[0]
        one = lay_out(
            cells, spoiled, as_of=settings.as_of, default_payer=settings.default_payer, apart=("patient", "billing_npi")
        )
        places = cells.rows.select(pl.col(FILE).alias("file"), pl.col(NUMBER).alias("row"))
        refused = pl.concat([places[one.refused.get_column("row")], one.refused.drop("row")], how="horizontal")
        laid.append(_Laid(one.tables, places[pl.Series(one.first_rows)], refused.select(list(SET_ASIDE))))
    if rows.claims is not None:
        places = rows.claims.select(pl.col(FILE).alias("file"), pl.col(NUMBER).alias("row"))
        laid.append(_Laid(unpack(rows.claims), places, pl.DataFrame(schema=SET_ASIDE)))
    if len(laid) == 1:
        return laid[0]
    return _Laid(
        together([one.tables for one in laid]),
        pl.concat([one.places for one in laid]),
        pl.concat([one.set_aside for one in laid]),
    )


@lru_cache(maxsize=8)
def the_judge(select: tuple[str, ...], ignore: tuple[str, ...], reach: Reach) -> Judge:
    """The rules of an audit that look so far, made ready once a process."""
    by_reach = _by_reach(select, ignore)
    rules = by_reach.get(reach, [])
    if reach is Reach.ARCHIVE:
        return Judge(rules, extra={"claims": _SAID}, given={"claims": kept.OF_ARCHIVE})
    if reach is Reach.THERAPIST:
        return Judge(rules, extra={"claims": _SAID}, given=kept.KEPT)
    beyond = max(by_reach, default=reach) > reach
    extra = {**_TOLD, **{table: (*_TOLD[table], *names) for table, names in _KEPT.items()}}
    return Judge(rules, extra=extra if beyond else _TOLD, gives_back=True)


def furthest_reach(settings: Settings) -> Reach:
    """How far beside a claim the rules look that are asked for: to its patient's claims at least."""
    return max(_by_reach(settings.select, settings.ignore), default=Reach.PATIENT)


@lru_cache(maxsize=1)
def _keeper() -> Judge:
    """No rule: what is kept of claims alone."""
    return Judge((), extra=_KEPT)


@lru_cache(maxsize=4)
def _by_reach(select: tuple[str, ...], ignore: tuple[str, ...]) -> dict[Reach, list[Rule]]:
    """The rules asked for, by how far they look; none is left out but those that nobody asked for."""
    asked = chosen(select, ignore).rules
    every = Judge(asked)
    found: dict[Reach, list[Rule]] = {}
    for rule in asked:
        found.setdefault(every.reach(rule), []).append(rule)
    return found


def _claims(verdicts: Verdicts, findings: pl.DataFrame) -> pl.DataFrame:
    """What each claim bills and is allowed, and what the findings of this block put at stake, not yet capped."""
    frames = verdicts.workspace.frames
    claims = frames.holding("claims", ("claim_id", *OF_CLAIM, "discipline"))
    lines = frames.holding("lines", ("claim_id", "units", "charge_cents", "is_timed"))
    timed = pl.when("is_timed").then("units").when(pl.col("is_timed").not_()).then(0)
    summed = lines.select("units", "charge_cents", timed.alias("timed_units"))
    groups = Groups.of(integers(lines.get_column("claim_id")), claims.height)
    count = np.bincount(groups.number, minlength=claims.height)
    billed = [groups.folded(Fold("total", pl.col(column.name)), column, count > 0) for column in summed.get_columns()]
    wide = (
        claims.select("claim_id", *OF_CLAIM, "discipline")
        .with_columns(pl.Series("lines", count, dtype=pl.Int64), *billed)
        .join(at_stake(findings, ["claim_id"]), on="claim_id", how="left", maintain_order="left")
    )
    return wide.select(
        pl.col("claim_key").alias("claim"),
        *(pl.col(name) for name in ("date_of_service", "payer", "discipline", "billing_npi", "rendering_npi")),
        "lines",
        "units",
        "timed_units",
        "charge_cents",
        pl.col("claim_allowed_cents").alias("allowed_cents"),
        pl.col("lost_cents").fill_null(0),
        pl.col("left_cents").fill_null(0),
        pl.col("findings").fill_null(0),
        pl.lit(None, pl.Int64).alias("paid_cents"),
    )


def at_stake(findings: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """How many findings each claim has, and their cents: what it may lose by them, and what was left unbilled."""
    blocking = pl.col("severity").is_in(sorted(BLOCKING))
    cents = pl.col("cents").fill_null(0)
    return findings.group_by(by).agg(
        pl.len().cast(pl.Int64).alias("findings"),
        cents.filter(blocking).sum().alias("lost_cents"),
        cents.filter(blocking.not_()).sum().alias("left_cents"),
    )
