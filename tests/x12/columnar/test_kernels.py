"""Kernels and whole columns give the same tables, on good files and on damaged ones.

Where numba is not installed the kernels run as they are written, so that what they do is tested there, too.
"""

from __future__ import annotations

import importlib
import random
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from cleanclaim.x12.columnar import compiled, reader, tokenize
from cleanclaim.x12.columnar.compiled import kernel
from cleanclaim.x12.columnar.figures import PARTS, decimal, months, short_day, short_decimal
from cleanclaim.x12.columnar.filling import put_days, put_decimals
from cleanclaim.x12.columnar.reader import read_blocks
from cleanclaim.x12.columnar.tokens import Tokens
from cleanclaim.x12.columnar.values import Parsed, decimals, first_days, last_days
from cleanclaim.x12.delimiters import Delimiters
from tests.x12.columnar.damage import damaged
from tests.x12.columnar.test_damage import CLAIMS, FILES

Numbers = NDArray[np.int64]
Bits = NDArray[np.bool_] | NDArray[np.uint8]
Counts = tuple[int, int]


def _frames(data: bytes, block_size: int, *, is_compiled: bool) -> Iterator[tuple[str, pl.DataFrame]]:
    for number, block in enumerate(read_blocks(data, block_size=block_size, threads=1, is_compiled=is_compiled)):
        yield f"{number}: problems", block.problems
        for name, table in block.tables.items():
            yield f"{number}: {name}", table
        for name, table in block.around.items():
            yield f"{number}: around, {name}", table


def _assert_same(data: bytes, block_size: int = 1 << 20) -> int:
    """Whether both ways read the same; how many rows there were."""
    ours, theirs = (list(_frames(data, block_size, is_compiled=one)) for one in (True, False))
    assert [name for name, _ in ours] == [name for name, _ in theirs]
    for (name, one), (_, other) in zip(ours, theirs, strict=True):
        assert one.schema == other.schema, name
        assert one.equals(other), name
    return sum(table.height for _, table in ours)


@pytest.mark.parametrize("block_size", [64, 1000, 1 << 20])
@pytest.mark.parametrize("number", range(len(FILES)))
def test_good_files_are_read_alike(number: int, block_size: int) -> None:
    assert _assert_same(FILES[number], block_size) > 0


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b"~", b"~\r\n"),
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.replace(b"~", b" ~").replace(b"*", b"* ", 60) + b" \n\x00 ",
        lambda data: data.replace(b"*", b"|").replace(b":", b">").replace(b"~", b"\n"),
        lambda data: data.replace(b"*", b"\t"),
        lambda data: data.replace(b"A", b"\xc9"),
        lambda data: data.replace(b"A", "É".encode()),
        lambda data: data + data.replace(b":", b"!") + data,
        lambda data: data[:-1],
        lambda data: data[:-1] + b" \n",
        lambda data: data.replace(b"~", b"~~"),
        lambda data: data.lower(),
    ],
    ids=[
        "line breaks",
        "byte order mark",
        "blanks",
        "other delimiters",
        "tabs",
        "Latin-1",
        "UTF-8",
        "three interchanges",
        "no last terminator",
        "blanks in place of the last terminator",
        "doubled terminators",
        "lower case",
    ],
)
def test_files_of_every_shape_are_read_alike(change: object) -> None:
    assert callable(change)
    for data in FILES:
        _assert_same(change(data), 900)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(st.sampled_from(FILES), st.integers(0, 2**32), st.integers(1, 6), st.sampled_from((64, 1000, 1 << 20)))
def test_damaged_files_are_read_alike(data: bytes, seed: int, times: int, block_size: int) -> None:
    _assert_same(damaged(data, seed, times), block_size)


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=300))
@example(b"")
@example(b" \n ")
@example(b"~ ~\n*~:")
@example(b"A*" * 9_000)
def test_any_bytes_are_cut_alike(data: bytes) -> None:
    for text in (data, CLAIMS[:200] + data):
        for signs in (Delimiters(), Delimiters(element="|", component="", segment="\n")):
            ours, theirs = tokenize(text, signs, is_compiled=True), tokenize(text, signs)
            for name in ("starts", "ends", "tags", "first", "widths", "elements", "bounds", "cuts"):
                assert getattr(ours, name).tolist() == getattr(theirs, name).tolist(), name
            assert (ours.is_tidy, ours.is_open) == (theirs.is_tidy, theirs.is_open)


AMOUNTS = (
    *("0", "90", "12.5", ".07", "-3.", "-", ".", "-.", "1.230", "1.239", "1e3", "1,000", "+1", "", "00012.50"),
    *("999999999999999", "9999999999999999", "123456789012345.12", "123456789012345.123", "0.00000000000000000"),
    *("12345678", "123456789", "1234567.8", "1.2.3", "..", "--1", "1-", "\u0663"),
)


@pytest.mark.parametrize("places", [0, 2, 3])
def test_amounts_are_read_alike(places: int) -> None:
    pick = random.Random(5)
    made = ["".join(pick.choices("0123456789.-", k=pick.randrange(1, 21))) for _ in range(2_000)]
    run = kernel(put_decimals, *PARTS, decimal, short_decimal)

    def put(begins: Numbers, sizes: Numbers, tokens: Tokens, found: Numbers, bits: Bits, bad: Bits) -> Counts:
        return run(begins, sizes, tokens.codes, tokens.words, places, found, bits, bad)

    _compare([*AMOUNTS, *made], partial(decimals, places=places), put)


@pytest.mark.parametrize("is_last", [False, True])
def test_every_day_of_four_centuries_is_read_alike_and_no_other(is_last: bool) -> None:  # noqa: FBT001
    first = date(1799, 12, 30)
    days = [f"{first + timedelta(n):%Y%m%d}" for n in range(0, 146_100, 1 if compiled.is_available() else 97)]
    none = ["18000229", "19000229", "20010229", "20260431", "20261301", "20260001", "20260100", "2026013", "202601011"]
    leaps = ["18040229", "20000229", "20240229", "21960229", "21991231", "22000101", "00000000", "99999999"]
    more = ["202603041530", "20260304-20260318", "20260304-20260332", "20260304_20260318", "2026030x", ""]
    run = kernel(put_days, *PARTS, short_day)

    def put(begins: Numbers, sizes: Numbers, tokens: Tokens, found: Numbers, bits: Bits, bad: Bits) -> Counts:
        return run(begins, sizes, tokens.codes, tokens.words, months(), is_last, found, bits, bad)

    _compare([*days, *none, *leaps, *more], last_days if is_last else first_days, put)


def _compare(
    texts: list[str],
    whole: Callable[[Tokens, Numbers, Numbers], Parsed],
    put: Callable[[Numbers, Numbers, Tokens, Numbers, Bits, Bits], Counts],
) -> None:
    """Both ways of reading give the same values for these texts, and the same of them are none."""
    data = [text.encode() for text in texts]
    tokens = tokenize(b"*".join(data), Delimiters(component="", segment="\x01"))
    ends = np.cumsum([len(one) + 1 for one in data]) - 1
    sizes = np.array([len(one) for one in data])
    parsed = whole(tokens, ends - sizes, ends)
    found, bad = np.full(len(data), 7, dtype=np.int64), np.zeros(len(data), dtype=np.bool_)
    bits = np.zeros(len(data) // 8 + 1, dtype=np.uint8)
    counts = int(parsed.known.sum()), int(parsed.bad.sum())
    assert put(ends - sizes, sizes, tokens, found, bits, bad) == counts
    known = np.unpackbits(bits, bitorder="little")[: len(data)]
    for at, one in enumerate(texts):
        expected = int(parsed.values[at]), bool(parsed.known[at]), bool(parsed.bad[at])
        assert (int(found[at]), bool(known[at]), bool(bad[at])) == expected, one


def test_kernels_read_large_files_where_they_can(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []

    def spy(raw: bytes, delimiters: Delimiters, *, is_compiled: bool) -> object:
        asked.append(is_compiled)
        return tokenize(raw, delimiters)

    monkeypatch.setattr(reader, "tokenize", spy)
    monkeypatch.setattr(compiled, "is_available", lambda: True)
    for worthwhile in (len(CLAIMS), len(CLAIMS) + 1):
        monkeypatch.setattr(compiled, "WORTHWHILE", worthwhile)
        list(read_blocks(CLAIMS))
    monkeypatch.setattr(compiled, "is_available", lambda: False)
    monkeypatch.setattr(compiled, "WORTHWHILE", 1)
    list(read_blocks(CLAIMS))
    assert asked == [True, False, False]


def test_without_numba_a_kernel_is_the_function_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_numba", lambda: None)
    monkeypatch.setattr(compiled, "_compiled", compiled._compiled.__wrapped__)
    assert kernel(decimal) is decimal
    assert _assert_same(CLAIMS) > 0


def test_a_kernel_is_compiled_where_no_folder_can_keep_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Numba:
        @staticmethod
        def njit(*, nogil: bool, cache: bool = False) -> object:
            if cache:
                raise RuntimeError("cannot cache function: no locator available")
            return lambda function: (function, nogil)

    monkeypatch.setattr(compiled, "_numba", Numba)
    monkeypatch.setattr(compiled, "_compiled", compiled._compiled.__wrapped__)
    made: object = kernel(decimal)
    assert made == (decimal, True)


def test_a_kernel_kept_on_disk_is_made_anew_where_what_it_calls_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("numba")
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "kept_kernel.py").write_text(
        "from kept_part import part\n\n\ndef run(number):\n    return part(number)\n"
    )
    found = []
    for factor in (2, 30):
        (tmp_path / "kept_part.py").write_text(f"def part(number):\n    return {factor} * number\n")
        for name in ("kept_kernel", "kept_part"):
            sys.modules.pop(name, None)
        importlib.invalidate_caches()
        module = importlib.import_module("kept_kernel")
        found.append(kernel(module.run, module.part)(10))
    assert found == [20, 300]


@pytest.mark.parametrize("is_compiled", [False, True])
def test_blanks_at_the_end_of_a_file_without_its_last_terminator_are_no_part_of_a_text(is_compiled: bool) -> None:  # noqa: FBT001
    tokens = tokenize(b"LX*1~SV1*HC:97110*90 \r\n", Delimiters(), is_compiled=is_compiled)
    assert [tokens.text(1, position) for position in (1, 2)] == ["HC:97110", "90"]
    assert tokens.segment(1) == b"SV1*HC:97110*90 \r\n"
    assert not tokens.is_tidy
