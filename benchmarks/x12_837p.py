"""How fast 837P files are written and read, and in how much memory.

    python -m benchmarks.x12_837p [CLAIMS]

Claims are ordinary ones: four lines, two diagnoses, one clinic with five therapists, every fifth patient a
dependent. Each figure is the best of three runs on one core.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from datetime import datetime

from cleanclaim.records import Claim
from cleanclaim.x12 import ControlNumbers, write_837p
from tests.x12 import claim_generator

CREATED = datetime(2026, 11, 21, 9, 5)  # noqa: DTZ001 - a file is stamped in the sender's own time


def ordinary_claims(count: int) -> list[Claim]:
    """Claims of the usual size, each with its own patient and payer objects."""
    pick = random.Random(7)
    models = [claim for claim in claim_generator.claims(400, seed=7) if 3 <= len(claim.lines) <= 5]
    made = []
    for number in range(count):
        model = pick.choice(models)
        update = {
            "id": f"B{number:07d}",
            "note": "",
            "billing": models[0].billing,
            "rendering": models[number % 5].rendering,
            "patient": model.patient.model_copy(),
            "payer": model.payer.model_copy(update={"member_id": f"{number:09d}A"}),
        }
        made.append(model.model_copy(update=update))
    return made


def peak_mb() -> float:
    """The largest resident size so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    claims = ordinary_claims(count)
    before = peak_mb()
    best, data = float("inf"), b""
    for _ in range(3):
        start = time.perf_counter()
        data = write_837p(
            claims,
            submitter=claim_generator.SUBMITTER,
            receiver_name="Example Clearing",
            receiver_id="RECV01",
            control=ControlNumbers(),
            created=CREATED,
        )
        best = min(best, time.perf_counter() - start)
    assert data.count(b"~CLM*") == count
    lines = data.count(b"~LX*")
    print(f"write  {count / best:>9,.0f} claims/s  {lines / count:.1f} lines a claim, {len(data) / 1e6:.1f} MB")
    print(f"memory {peak_mb():>9,.0f} MB peak, of which {before:,.0f} MB before writing (the claims themselves)")


if __name__ == "__main__":
    main()
