"""What findings are about, as digests: held against SHA-256 over texts that are written out here."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import polars as pl
import pytest

from cleanclaim.check.contents import contents
from cleanclaim.check.findings import Finding


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:32]


FIRST = "97110\x1fGP,KX\x1f1\x1f100\x1f15\x1f2026-03-04"
SECOND = "97140\x1f\x1f\x00\x1f200\x1f15\x1f\x00"
CLAIM = "\x1d".join(
    [
        "C1\x1f2026-03-04\x1faetna\x1f1",
        f"{FIRST}\x1e{SECOND}",
        "97110\x1f15\x1fPT\x1f1",
        "M25.561\x1eM54.50",
    ]
)
OTHER = "C2\x1f\x00\x1faetna\x1f1\x1d97140\x1f\x1f1\x1f\x00\x1f\x00\x1f\x00\x1d\x1d"


@pytest.fixture
def frames() -> dict[str, pl.DataFrame]:
    """Two claims of one day, the second with one line alone; the lines of the first do not stand in their order."""
    day = pl.Series(["2026-03-04", None]).str.to_date()
    return {
        "claims": pl.DataFrame(
            {
                "claim_id": [0, 1],
                "day_id": [0, 0],
                "claim_key": ["C1", "C2"],
                "date_of_service": day,
                "payer": ["aetna", "aetna"],
                "frequency_code": ["1", "1"],
            }
        ),
        "lines": pl.DataFrame(
            {
                "line_id": [0, 1, 2],
                "claim_id": [0, 0, 1],
                "code": ["97140", "97110", "97140"],
                "modifiers": [[], ["GP", "KX"], []],
                "units": [None, 1, 1],
                "charge_cents": [200, 100, None],
                "minutes": [15, 15, None],
                "line_date": pl.Series([None, "2026-03-04", None]).str.to_date(),
            },
            schema_overrides={"modifiers": pl.List(pl.String)},
        ),
        "services": pl.DataFrame(
            {"claim_id": [0], "service_code": ["97110"], "service_minutes": [15], "by": ["PT"], "group_size": [1]}
        ),
        "diagnoses": pl.DataFrame({"claim_id": [0, 0], "diagnosis": ["M54.50", "M25.561"]}),
        "day_codes": pl.DataFrame({"day_id": [0], "day_code": ["97110"]}),
        "pairs": pl.DataFrame({"first_line_id": [0, 1, 2], "second_line_id": [1, 0, 1]}),
    }


def of(frames: dict[str, Any], table: str, key: int, claim: int = 0) -> str:
    return contents([Finding("XX101", "n", "deny", table, key, claim, "p", "m")], frames)[0]


def about(table: str, said: str, claims: str) -> str:
    return digest(f"XX101\x1d{table}\x1d{said}") + claims


def test_a_claim_and_its_rows(frames: dict[str, pl.DataFrame]) -> None:
    own = digest(CLAIM)
    assert of(frames, "claims", 0) == about("claims", "", own)
    assert of(frames, "claims", 1, claim=1) == about("claims", "", digest(OTHER))
    assert of(frames, "lines", 0) == about("lines", SECOND, own)
    assert of(frames, "lines", 1) == about("lines", FIRST, own)
    assert of(frames, "services", 0) == about("services", "97110\x1f15", own)
    assert [of(frames, "diagnoses", key) for key in (0, 1)] == [
        about("diagnoses", "M54.50", own),
        about("diagnoses", "M25.561", own),
    ]


def test_a_day_is_about_every_claim_of_it_whichever_comes_first(frames: dict[str, pl.DataFrame]) -> None:
    both = digest("\x1e".join(sorted([digest(CLAIM), digest(OTHER)])))
    assert of(frames, "days", 0) == of(frames, "days", 0, claim=1) == about("days", "", both)
    assert of(frames, "day_codes", 0) == about("day_codes", "97110", both)
    alone = {**frames, "claims": frames["claims"].with_columns(day_id=pl.Series([0, 1]))}
    assert of(alone, "days", 0) == about("days", "", digest(CLAIM))


def test_a_pair_is_the_same_from_either_side(frames: dict[str, pl.DataFrame]) -> None:
    pair = f"{FIRST}\x1e{SECOND}"
    assert of(frames, "pairs", 0) == of(frames, "pairs", 1) == about("pairs", pair, digest(CLAIM))
    both = digest("\x1e".join(sorted([digest(CLAIM), digest(OTHER)])))
    across = "97110\x1fGP,KX\x1f1\x1f100\x1f15\x1f2026-03-04\x1e97140\x1f\x1f1\x1f\x00\x1f\x00\x1f\x00"
    assert of(frames, "pairs", 2) == about("pairs", across, both)


def test_findings_of_many_tables_keep_their_order(frames: dict[str, pl.DataFrame]) -> None:
    asked = [("pairs", 2), ("lines", 1), ("claims", 0), ("days", 0), ("lines", 0), ("diagnoses", 1)]
    findings = [Finding("XX101", "n", "deny", table, key, 0, "p", "m") for table, key in asked]
    assert contents(findings, frames) == [of(frames, table, key) for table, key in asked]
    assert contents([], frames) == []
