"""Put loaded releases of the fee schedule in the place of what is shipped for the same days.

A relative value file holds from its release through the end of its year, or until the next release of that year that
is loaded. A code that is not shipped for the days of the year before the first loaded release is answered by that
release: CMS corrects few codes within a year. A code that is shipped keeps its rows of those days.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from cleanclaim.dates import Dated, Series
from cleanclaim.reference.published.dating import last_of_year
from cleanclaim.reference.published.store import LoadedEdition

_ONE_DAY = timedelta(days=1)
_UNIT = 1_000


def with_releases(shipped: pl.DataFrame, releases: Sequence[LoadedEdition]) -> pl.DataFrame:
    """The shipped relative values, with the rows of loaded releases for their days.

    Args:
        shipped: as `fee_schedule.RVU_SCHEMA`.
        releases: loaded relative value files, oldest first.
    """
    pieces = [shipped]
    for year in sorted({release.begins.year for release in releases}):
        of_year = [release for release in releases if release.begins.year == year]
        first, last = of_year[0].begins, last_of_year(of_year[0].begins)
        pieces = [_without(piece, first, last) for piece in pieces]
        begin_of_year = date(year, 1, 1)
        covered = shipped.filter(pl.col("valid_from") < first, pl.col("valid_through") >= begin_of_year)
        carried = set(covered.get_column("code").to_list())
        for place, release in enumerate(of_year):
            through = of_year[place + 1].begins - _ONE_DAY if place + 1 < len(of_year) else last
            begins = pl.lit(release.begins)
            if not place:
                is_shipped = pl.col("code").is_in(list(carried))
                begins = pl.when(is_shipped).then(begins).otherwise(pl.lit(begin_of_year))
            pieces.append(
                release.table()
                .with_columns(
                    pl.lit(edition_name(release)).alias("edition"),
                    begins.alias("valid_from"),
                    pl.lit(through).alias("valid_through"),
                )
                .select(pl.col(name).cast(dtype) for name, dtype in shipped.schema.items())
            )
    return pl.concat(pieces).sort("code", "modifier", "valid_from")


def with_years(shipped: pl.DataFrame, years: Sequence[LoadedEdition], national: str) -> pl.DataFrame:
    """The shipped indices, with the localities of loaded years in the place of theirs.

    Args:
        shipped: as `fee_schedule.GPCI_SCHEMA`.
        years: loaded files of indices.
        national: the key of the national price, whose indices are 1 in any year.
    """
    pieces = [shipped]
    for year in years:
        pieces = [_without(piece, year.valid_from, year.valid_through) for piece in pieces]
        named = year.table().with_columns(
            pl.lit(edition_name(year)).alias("edition"),
            pl.lit(year.valid_from).alias("valid_from"),
            pl.lit(year.valid_through).alias("valid_through"),
        )
        of_nation = named.head(1).with_columns(
            pl.lit(national).alias("locality"),
            pl.lit("").alias("state"),
            shipped.filter(locality=national).get_column("name").head(1).alias("name"),
            *(pl.lit(_UNIT, pl.Int64).alias(name) for name in ("work", "pe", "mp")),
        )
        both = pl.concat([named, of_nation])
        pieces.append(both.select(pl.col(name).cast(dtype) for name, dtype in shipped.schema.items()))
    return pl.concat(pieces).sort("locality", "valid_from")


def with_factors(shipped: Series[int], releases: Sequence[LoadedEdition]) -> Series[int]:
    """The shipped conversion factor, continued by loaded releases of later years.

    A release whose own factor is not to be used (that of qualifying participants) adds nothing.
    """
    horizon = shipped.known_through
    added: list[Dated[int]] = []
    for release in releases:
        if horizon is None or release.begins <= horizon:
            continue
        factors = release.table().get_column("conversion_factor_e4").drop_nulls().mode().sort()
        if len(factors) and factors[0]:
            begins = release.begins if added else date(release.begins.year, 1, 1)
            added.append(Dated(int(factors[0]), begins, last_of_year(begins), release.source))
    for place, later in enumerate(added[1:]):
        before = added[place]
        if (
            later.valid_from is not None
            and before.valid_from is not None
            and later.valid_from.year == before.valid_from.year
        ):
            through = later.valid_from - _ONE_DAY
            added[place] = Dated(before.value, before.valid_from, through, before.source)
    if not added:
        return shipped
    return Series(shipped.name, shipped.label, shipped.unit, (*shipped.values, *added), added[-1].valid_through)


def edition_name(edition: LoadedEdition) -> str:
    """How rows name the edition they come from."""
    return f"{edition.kind.value} {edition.name}"


def _without(table: pl.DataFrame, first: date, last: date) -> pl.DataFrame:
    """The rows outside those days: a row that goes beyond them is cut, one that spans them becomes two."""
    before = table.filter(pl.col("valid_from") < first).with_columns(
        pl.min_horizontal("valid_through", pl.lit(first - _ONE_DAY)).alias("valid_through")
    )
    after = table.filter(pl.col("valid_through") > last).with_columns(
        pl.max_horizontal("valid_from", pl.lit(last + _ONE_DAY)).alias("valid_from")
    )
    return pl.concat([before, after])
