"""What is kept of claims for the rules that look beyond a patient: parted by therapist, and put together again."""

from __future__ import annotations

from typing import Any

import polars as pl

from cleanclaim.audit import kept


def claims(*rows: tuple[int, int, str | None]) -> pl.DataFrame:
    """Claims of one block by file, row and therapist; each is a patient and a day of its own."""
    said: list[dict[str, Any]] = [
        {"file": file, "row": row, "rendering_npi": npi, "claim_id": place, "patient_id": place, "day_id": place}
        for place, (file, row, npi) in enumerate(rows)
    ]
    return pl.DataFrame(said, schema=kept.CLAIMS)


def services(*claims_and_codes: tuple[int, str]) -> pl.DataFrame:
    said = [
        {"claim_id": claim, "service_id": place, "service_number": 1, "service_code": code}
        for place, (claim, code) in enumerate(claims_and_codes)
    ]
    return pl.DataFrame(said, schema=kept.SERVICES)


def placed_codes(tables: dict[str, pl.DataFrame]) -> set[tuple[int, int, str]]:
    """Where the claim of each service stands, and the service's code."""
    joined = tables["services"].join(tables["claims"], on="claim_id").select("file", "row", "service_code")
    return set(joined.iter_rows())


FIRST = (claims((0, 4, "A"), (1, 0, "B"), (1, 7, None)), services((0, "97110"), (1, "97140"), (1, "97112")))
SECOND = (
    claims((0, 0, "B"), (0, 2, "A")),
    services(
        (1, "97530"),
    ),
)


def test_claims_stand_in_the_order_of_the_archive_and_keep_their_services() -> None:
    tables = kept.together([FIRST, SECOND])

    places = tables["claims"].select("file", "row", "claim_id").rows()
    assert places == [(0, 0, 0), (0, 2, 1), (0, 4, 2), (1, 0, 3), (1, 7, 4)]
    assert placed_codes(tables) == {(0, 4, "97110"), (1, 0, "97140"), (1, 0, "97112"), (0, 2, "97530")}
    assert tables["services"].get_column("service_id").to_list() == [0, 1, 2, 3]
    assert tables["services"].get_column("claim_id").is_sorted()


def test_patients_and_days_of_two_blocks_are_never_one() -> None:
    both = kept.together([FIRST, SECOND])["claims"]

    assert both.get_column("patient_id").n_unique() == both.get_column("day_id").n_unique() == both.height


def test_all_claims_of_a_therapist_go_to_one_block_whatever_block_they_come_from() -> None:
    for blocks in (1, 2, 5):
        went: dict[str | None, set[int]] = {}
        parts: dict[int, list[tuple[pl.DataFrame, pl.DataFrame]]] = {}
        for block in (FIRST, SECOND):
            for number, *own in kept.by_therapist(*block, blocks):
                for npi in own[0].get_column("rendering_npi"):
                    went.setdefault(npi, set()).add(number)
                parts.setdefault(number, []).append((own[0], own[1]))

        assert {npi: len(numbers) for npi, numbers in went.items()} == {"A": 1, "B": 1, None: 1}
        tables = [kept.together(some) for some in parts.values()]
        assert sum(one["claims"].height for one in tables) == 5
        assert set().union(*map(placed_codes, tables)) == placed_codes(kept.together([FIRST, SECOND]))
