"""Which Medicare payment locality a ZIP code or a county lies in, from loaded files; nothing is shipped for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from cleanclaim.reference.published.editions import by_editions, current
from cleanclaim.reference.published.kinds import Kind
from cleanclaim.reference.published.store import LoadedEdition


@dataclass(frozen=True, slots=True)
class ZipLocality:
    """A locality that holds a ZIP code, as the edition of the day's quarter says, or the nearest one loaded."""

    zip_code: str
    locality: str
    state: str
    needs_plus_4: bool
    """The five digits lie in several localities: the last four decide."""
    edition: str
    confirmed: bool
    """Whether the edition is that of the day's quarter."""


def zip_codes_loaded(day: date) -> LoadedEdition | None:
    """The edition of ZIP codes that answers for a day: the last that began by then, else the first; None for none."""
    editions = current().of(Kind.ZIP_LOCALITIES)
    begun = [item for item in editions if item.begins <= day]
    return begun[-1] if begun else next(iter(editions), None)


def of_zip(zip_code: str, day: date) -> tuple[ZipLocality, ...]:
    """The localities of a ZIP code (its first five digits count); empty where it is not listed or nothing is loaded."""
    edition = zip_codes_loaded(day)
    if edition is None:
        return ()
    confirmed = edition.valid_from <= day <= edition.valid_through
    return tuple(
        ZipLocality(zip_code[:5], locality, state, needs_plus_4, edition.name, confirmed)
        for locality, state, needs_plus_4 in _by_zip(edition).get(zip_code[:5], ())
    )


def of_county(text: str) -> pl.DataFrame:
    """Localities whose state, area or counties hold every word, of the newest year that is loaded.

    Columns: locality, state, area, counties (String), as printed; empty where nothing is loaded.
    """
    edition = current().newest(Kind.LOCALITY_COUNTIES)
    if edition is None:
        return pl.DataFrame(schema=dict.fromkeys(("locality", "state", "area", "counties"), pl.String))
    found = edition.table()
    sought = pl.concat_str("state", "area", "counties", separator=" ").str.to_lowercase()
    for word in text.lower().split():
        found = found.filter(sought.str.contains(word, literal=True))
    return found


@by_editions(Kind.ZIP_LOCALITIES)
def _by_zip(edition: LoadedEdition) -> dict[str, list[tuple[str, str, bool]]]:
    found: dict[str, list[tuple[str, str, bool]]] = {}
    for zip_code, locality, state, plus in (
        edition.table().select("zip", "locality", "state", "needs_plus_4").iter_rows()
    ):
        found.setdefault(zip_code, []).append((locality, state, plus))
    return found
