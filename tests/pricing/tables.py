"""Claims and lines as `price_table` reads them, from a few words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from cleanclaim.dates import Dated, Series
from cleanclaim.pricing.line_prices import CLAIM_COLUMNS, LINE_COLUMNS, price_table
from cleanclaim.pricing.schedule import Schedule, published
from cleanclaim.reference import payers
from cleanclaim.reference.fee_schedule import GPCI_SCHEMA, RVU_SCHEMA
from cleanclaim.reference.payers import Payer
from cleanclaim.sources import Source

DAY = date(2026, 3, 4)

ORDINARY: dict[str, Any] = {
    "patient_id": 1,
    "date_of_service": DAY,
    "payer": "medicare_b",
    "coverage_order": "primary",
    "in_network": True,
    "discipline": "PT",
    "place_of_service": "11",
    "locality": "national",
    "billing_npi": "1234567893",
    "billing_tax_id": "123456789",
    "deductible_met_cents": 28_300,
    "ytd_as_of": date(2026, 3, 1),
}


def claims_of(rows: Iterable[dict[str, Any]], extra: Iterable[Payer] = ()) -> pl.DataFrame:
    """Claims with what their payers' files say; each row says only what is not ordinary."""
    filled = []
    for row in rows:
        whole = ORDINARY | row
        if "ytd_as_of" not in row and whole["date_of_service"] is not None:
            whole["ytd_as_of"] = whole["date_of_service"]
        filled.append(whole)
    own = {name: dtype for name, dtype in CLAIM_COLUMNS.items() if name in ORDINARY}
    claims = pl.DataFrame(filled, schema=own, orient="row")
    said = payers.resolve(claims.select("payer", pl.col("date_of_service").alias("date")), extra)
    return claims.join(
        said,
        left_on=["payer", "date_of_service"],
        right_on=["payer", "date"],
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )


def lines_of(*claims: str) -> pl.DataFrame:
    """Lines such as `97110x2-CQ@5000` (units, modifiers, charge in cents), one text for each claim; `?` unknown."""
    rows = []
    for claim_id, text in enumerate(claims):
        for word in text.split():
            rest, _, charge = word.partition("@")
            rest, *modifiers = rest.split("-")
            code, _, units = rest.partition("x")
            rows.append(
                {
                    "claim_id": claim_id,
                    "code": None if code == "?" else code,
                    "modifiers": ["GP", *modifiers],
                    "units": None if units == "?" else int(units or 1),
                    "charge_cents": None if charge == "?" else int(charge or 1_000_000),
                }
            )
    return pl.DataFrame(rows, schema=dict(LINE_COLUMNS), orient="row")


def priced(rows: Iterable[dict[str, Any]], *claims: str, extra: Iterable[Payer] = (), **options: Any) -> pl.DataFrame:
    """The priced lines of these claims."""
    packs = tuple(extra)
    return price_table(claims_of(rows, packs), lines_of(*claims), fees=payers.fees(packs) if packs else None, **options)


def column(frame: pl.DataFrame, name: str) -> list[Any]:
    return frame[name].to_list()


def pack(folder: Path, name: str, kind: str, settings: dict[str, str]) -> Payer:
    """A clinic's own payer file with these settings, written as TOML values."""
    text = [
        f'id = "{name}"',
        f'label = "{name}"',
        f'kind = "{kind}"',
        'filing_indicator = "CI"',
        'filing_indicator_confidence = "memory"',
        "fictional = true",
        "[sources.own]",
        'publisher = "Test clinic"',
        'title = "Made-up contract"',
        'section = "all"',
        "read_on = 2026-11-21",
    ]
    for setting, value in settings.items():
        text += [f"[[settings.{setting}.values]]", f"value = {value}", 'source = "own"']
    file = folder / f"{name}.toml"
    file.write_text("\n".join(text), encoding="utf-8")
    return payers.load_pack(file)


TEST = Source("CMS", "Pub 100-04 ch. 5 §10.7, its example from memory", "reduction", date(2026, 11, 21))


def sample_schedule(factor: int = 10_000, scale: int = 1) -> Schedule:
    """CMS's example: two procedures with parts in whole dollars, from 2010 on."""
    rows = [("97110", 700, 1000, 100, "5"), ("97530", 1100, 800, 100, "5"), ("99213", 500, 500, 100, "0")]
    span = (date(2010, 1, 1), date(2026, 12, 31))
    rvu = pl.DataFrame(
        [
            (code, "", "test", *span, "A", work * scale, pe * scale, pe * scale, mp, "7", mark, "XXX", False, False)
            for code, work, pe, mp, mark in rows
        ],
        schema=RVU_SCHEMA,
        orient="row",
    )
    gpci = pl.DataFrame(
        [("national", "", "", "test", *span, 1000, 1000, 1000)],
        schema=GPCI_SCHEMA,
        orient="row",
    )
    own = published()
    return Schedule(
        rvu=rvu,
        gpci=gpci,
        known_through=date(2026, 12, 31),
        conversion_factor=Series("cf", "cf", "conversion_factor_e4", (Dated(factor, None, None, TEST),)),
        reduction=own.reduction,
        deductible=own.deductible,
        coinsurance=own.coinsurance,
        sequestration=own.sequestration,
    )
