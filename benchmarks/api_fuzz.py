"""The HTTP API under 10,000 generated calls: no failure of the server, no answer outside its description.

    ./dev bench api_fuzz                          10,000 calls
    CALLS=40000 SEED=7 ./dev bench api_fuzz       more, or others

Calls are generated from the description by schemathesis: such as fit it and such as do not. Each stored key that a call
learns of is used by others. The practice is the sample clinic in a home of its own, which goes afterwards.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import Counter
from datetime import date
from pathlib import Path

LEAST_CALLS = 10_000


def main() -> None:
    """Load the sample clinic, make the calls, and say how they were answered."""
    with tempfile.TemporaryDirectory(prefix="cleanclaim-fuzz-") as home:
        os.environ.update(
            CLEANCLAIM_HOME=home,
            CLEANCLAIM_DEMO="1",
            CLEANCLAIM_DEMO_DAY="2026-09-25",
            CLEANCLAIM_API_CALLS_PER_MINUTE="1000000",
            CLEANCLAIM_HOSTS="testserver",
            DJANGO_SETTINGS_MODULE="cleanclaim.practice.settings",
        )
        counts, seconds = _run(int(os.environ.get("CALLS", LEAST_CALLS)), int(os.environ.get("SEED", "1")))
    total = sum(counts.values())
    for status, count in sorted(counts.items()):
        print(f"{status}  {count:>7,}")
    print(f"{total:,} calls in {seconds:.0f} s, none failed, none answered outside the description")


def _run(calls: int, seed: int) -> tuple[Counter[int], float]:
    import django

    from cleanclaim.practice import keys

    keys.make_field_keys()
    django.setup()
    from django.core.management import call_command

    from cleanclaim.practice.demo import load_folder
    from tests.practice.api.fuzzing import Fuzzer, owner_token

    call_command("migrate", verbosity=0)
    folder = Path(__file__).parents[1] / "examples" / "clinic-day"
    clinic = load_folder(folder, "millrace", on=date(2026, 9, 25))
    fuzzer = Fuzzer(owner_token(clinic), clinic)
    begun = time.perf_counter()
    round_ = 0
    while fuzzer.calls < calls:
        fuzzer.run(examples=25, seed=seed + round_)
        round_ += 1
        sys.stderr.write(f"\r{fuzzer.calls:,} calls")
    sys.stderr.write("\n")
    return fuzzer.statuses, time.perf_counter() - begun


if __name__ == "__main__":
    main()
