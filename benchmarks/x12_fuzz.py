"""A million damaged files read: none may stop the reader, lose a byte or take more memory than a good one.

    python -m benchmarks x12_fuzz            (a million: many hours, for a night)
    python -m benchmarks.x12_fuzz 20000

Every mutation has a number, which gives it back: `damaged(FILES[n % 6], n, 1 + n % 6)`.
"""

from __future__ import annotations

import resource
import sys
import time

from cleanclaim.x12.columnar.reader import read_blocks
from tests.x12.columnar.damage import damaged
from tests.x12.columnar.test_damage import FILES


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    begin, slowest, problems = time.perf_counter(), 0.0, 0
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(count):
        data = damaged(FILES[number % len(FILES)], number, 1 + number % 6)
        started = time.perf_counter()
        found = list(read_blocks(data, block_size=(64, 1000, 1 << 20)[number % 3], threads=1))
        slowest = max(slowest, time.perf_counter() - started)
        assert b"".join(block.raw for block in found) == data, number
        problems += sum(block.problems.height for block in found)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{count:,} damaged files in {time.perf_counter() - begin:,.0f} s, the slowest in {slowest:.2f} s")
    print(f"{problems:,} problems reported, memory grown by {grown:.0f} MB")


if __name__ == "__main__":
    main()
