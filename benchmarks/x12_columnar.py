"""How fast claims and payments become tables, beside what other open readers do with the same bytes.

    python -m benchmarks.x12_columnar [MEGABYTES]

A file of claims (837P) and one of payments (835), 60 MB each unless said otherwise, are read into all their tables by
one thread and by two, the untouched bytes kept: by kernels, where numba is installed (the extra `fast`), and by whole
columns. Speed is by the clock and by processor time; memory is the peak of a process that does nothing else. oxedi
(Rust) reads the same payments; x12sdk and pyx12 read a small part of the claims. A reader that is not installed is
named and passed over.
"""

from __future__ import annotations

import importlib
import io
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.x12_837p import CREATED, ordinary_claims
from cleanclaim.x12 import ControlNumbers, write_837p
from cleanclaim.x12.columnar import compiled, cutting, tokenize
from cleanclaim.x12.columnar.reader import LARGE_BLOCK, State, place_block, read_block, read_blocks
from tests.x12 import claim_generator

RUNS = 3
PEER_BYTES = 4_000_000
SLOW_PEER_BYTES = 300_000


def claim_file(size: int) -> bytes:
    """One interchange of ordinary claims after the other, up to that many bytes."""
    data = write_837p(
        ordinary_claims(4_000),
        submitter=claim_generator.SUBMITTER,
        receiver_name="Example Clearing",
        receiver_id="RECV01",
        control=ControlNumbers(),
        created=CREATED,
    )
    return data * max(1, size // len(data))


def payment_file(size: int) -> bytes:
    """One interchange with 8,000 claims of one to five lines after the other, up to that many bytes."""
    pick = random.Random(3)
    out = []
    out.append(
        "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         *260306*1200*^*00501*000000001*0*P*:~"
        "GS*HP*PAYER*CLINIC*20260306*1200*1*X*005010X221A1~ST*835*0001*005010X221A1~"
        "BPR*I*1000*C*ACH*CCP*01*999999992*DA*123456*1512345678**01*999988880*DA*98765*20260306~TRN*1*12345*1512345678~"
        "DTM*405*20260306~N1*PR*EXAMPLE PAYER~N3*1 MAIN ST~N4*AUSTIN*TX*78701~PER*CX**TE*5550100100~"
        "PER*BL*EDI DESK*TE*5550100101~N1*PE*HARBOR PHYSICAL THERAPY*XX*1234567893~REF*TJ*123456789~LX*1~"
    )
    segments = 15
    for number in range(8_000):
        lines = [(pick.randrange(3_000, 20_000), pick.randrange(0, 3_000)) for _ in range(pick.randrange(1, 6))]
        charge, paid = sum(one for one, _ in lines), sum(one for _, one in lines)
        out.append(
            f"CLP*C{number:07d}*1*{_dollars(charge)}*{_dollars(paid)}*20*MB*ICN{number:010d}*11*1~"
            f"NM1*QC*1*ASHDOWN{number % 500}*ADA****MI*{number:09d}A~NM1*82*1*MARSH*LEE****XX*1700000015~"
            "MOA***MA01*MA18~DTM*232*20260304~DTM*233*20260304~DTM*050*20260305~"
        )
        for place, (billed, allowed) in enumerate(lines):
            code = pick.choice(("97110", "97140", "97530"))
            out.append(
                f"SVC*HC:{code}:GP*{_dollars(billed)}*{_dollars(allowed)}**{pick.randrange(1, 4)}~DTM*472*20260304~"
                f"CAS*CO*45*{_dollars(billed - allowed)}~REF*6R*{number}L{place}~AMT*B6*{_dollars(allowed)}~LQ*HE*N130~"
            )
        segments += 7 + 6 * len(lines)
    out.append(f"PLB*1234567893*20261231*WO:ABC123*25*72*-3.5~SE*{segments - 2}*0001~GE*1*1~IEA*1*000000001~")
    data = "".join(out).encode()
    return data * max(1, size // len(data))


def _dollars(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def read_through(
    path: str, threads: int, *, is_compiled: bool, tables: tuple[str, ...] | None = None
) -> dict[str, int]:
    """Every block of a file, and how many rows of each table there were."""
    rows: dict[str, int] = {}
    size = 0
    for block in read_blocks(path, threads=threads, tables=tables, is_compiled=is_compiled):
        size += len(block.raw)
        for name, table in block.tables.items():
            rows[name] = rows.get(name, 0) + table.height
    assert size == Path(path).stat().st_size
    return rows


def peak_of_reading(path: str, *, is_compiled: bool) -> float:
    """The largest resident size, in megabytes, of a fresh process that reads the file."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_peak, (path, is_compiled))


def _peak(path: str, is_compiled: bool) -> float:  # noqa: FBT001 - called by place
    read_through(path, 2, is_compiled=is_compiled)
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    # The kernel's own counter: what `getrusage` says is never below the size of the process that began this one.
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def stages(name: str, path: Path, *, is_compiled: bool) -> None:
    """Milliseconds of processor time for each megabyte, by stage, each block by itself on one thread."""
    spent: dict[str, list[float]] = {}
    state = State()
    with path.open("rb") as stream:
        cut = cutting.blocks(stream, LARGE_BLOCK if is_compiled else cutting.BLOCK)
        while True:
            marks = [time.thread_time()]
            raw = next(cut, None)
            if raw is None or raw.delimiters is None:
                break
            marks.append(time.thread_time())
            tokens = tokenize(raw.raw, raw.delimiters, is_compiled=is_compiled)
            marks.append(time.thread_time())
            placing, first = place_block(tokens, state), state.segment
            state = placing.state
            marks.append(time.thread_time())
            read_block(raw, tokens, placing, first)
            marks.append(time.thread_time())
            for place, stage in enumerate(("cut", "tokenize", "place", "read")):
                megabytes = len(raw.raw) / 1e6
                spent.setdefault(stage, []).append(1000 * (marks[place + 1] - marks[place]) / megabytes)
    print(
        f"{name}, by stage: {', '.join(f'{stage} {median(each):.1f}' for stage, each in spent.items())} ms a megabyte"
    )


def timed(what: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock and of the processors: the best of a few runs each."""
    clock, worked = float("inf"), float("inf")
    for _ in range(RUNS):
        begin, busy = time.perf_counter(), time.process_time()
        what()
        clock = min(clock, time.perf_counter() - begin)
        worked = min(worked, time.process_time() - busy)
    return clock, worked


def show(name: str, size: int, clock: float, worked: float, more: str = "") -> None:
    """One line: megabytes a second by the clock and by processor time."""
    print(f"{name:41} {size / 1e6 / clock:8.1f} MB/s  {size / 1e6 / worked:8.1f} MB per processor second  {more}")


def ours(name: str, data: bytes, folder: Path) -> None:
    path = folder / name
    path.write_bytes(data)
    for is_compiled in (True, False) if compiled.is_available() else (False,):
        way = "kernels" if is_compiled else "whole columns"
        rows = read_through(str(path), 2, is_compiled=is_compiled)
        for threads in (1, 2):
            run = partial(read_through, str(path), threads, is_compiled=is_compiled)
            clock, worked = timed(run)
            more = f"{rows['claims']:,} claims, {rows['lines']:,} lines" if threads == 1 else ""
            show(f"{name}, {way}, {threads} thread{'s' if threads > 1 else ''}", len(data), clock, worked, more)
        some = partial(read_through, str(path), 2, is_compiled=is_compiled, tables=("claims", "lines"))
        clock, worked = timed(some)
        show(f"{name}, {way}, claims and lines", len(data), clock, worked)
        stages(f"{name}, {way}", path, is_compiled=is_compiled)
        print(f"{'':41} {peak_of_reading(str(path), is_compiled=is_compiled):8.0f} MB of memory at most")
    if not compiled.is_available():
        print("numba is not installed: no kernels")


def peers(claims: bytes, payments: bytes) -> None:
    """What other readers do, each with as much of the same file as its speed allows."""
    part = payments[: payments.index(b"IEA*1*000000001~") + 16]
    try:
        oxedi = importlib.import_module("oxedi")
    except ImportError:
        print("oxedi is not installed")
    else:
        clock, worked = timed(lambda: oxedi.parse(part))
        show("oxedi, payments parsed", len(part), clock, worked)

        def tables() -> None:
            oxedi.parse(part).tables.to_polars()

        clock, worked = timed(tables)
        show("oxedi, payments into tables", len(part), clock, worked)
    small = _some_claims(claims)
    x12sdk = importlib.import_module("x12sdk.io")

    def segments() -> None:
        with x12sdk.X12SegmentReader(small.decode()) as reader:
            for _ in reader.segments():
                pass

    clock, worked = timed(segments)
    show("x12sdk, claims into segments", len(small), clock, worked)
    x12file = importlib.import_module("pyx12.x12file")
    clock, worked = timed(lambda: list(x12file.X12Reader(io.StringIO(small.decode()))))
    show("pyx12, claims into segments", len(small), clock, worked)


def _some_claims(claims: bytes) -> bytes:
    """The beginning of the file, closed by trailers that need not agree."""
    end = claims.rindex(b"~HL*", 0, min(len(claims), SLOW_PEER_BYTES))
    return claims[: end + 1] + b"SE*1*0001~GE*1*1~IEA*1*000000001~"


def main() -> None:
    size = int(float(sys.argv[1]) * 1e6) if len(sys.argv) > 1 else 60_000_000
    claims, payments = claim_file(size), payment_file(size)
    with tempfile.TemporaryDirectory() as folder:
        ours("claims.837", claims, Path(folder))
        ours("payments.835", payments, Path(folder))
    peers(claims, payments)


if __name__ == "__main__":
    main()
