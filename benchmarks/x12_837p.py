"""How fast 837P files are written and read, and in how much memory.

    python -m benchmarks.x12_837p [CLAIMS]

Claims are ordinary ones: four lines with control numbers, one to four diagnoses, one clinic with five therapists,
every sixth patient a dependent, every seventh with a second payer, one name in thirty with an accent. Every claim
has records of its own, as after reading. Each figure is the best of fifteen runs, by the time of the one core they use.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from datetime import datetime

from cleanclaim.records import Claim, Frequency, Person, Relationship
from cleanclaim.x12 import ControlNumbers, claims_of, read, write_837p
from tests.x12 import claim_generator

CREATED = datetime(2026, 11, 21, 9, 5)  # noqa: DTZ001 - a file is stamped in the sender's own time


def ordinary_claims(count: int) -> list[Claim]:
    """Claims of the usual size, each with its own patient and payer records."""
    pick = random.Random(7)
    made = claim_generator.claims(300, seed=7)
    clinic, therapists = made[0].billing, [claim.rendering for claim in made[:5]]
    models = [claim for claim in made if len(claim.lines) == 4 and claim.frequency is Frequency.ORIGINAL]
    models = [claim for claim in models if len(claim.diagnoses) <= 4]
    claims = []
    for number in range(count):
        model = pick.choice(models)
        payer = model.payer.model_copy(update={"member_id": f"{number:09d}A"})
        if number % 6:
            payer = payer.model_copy(update={"relationship": Relationship.SELF, "subscriber": None})
        family = f"Bélan{number}" if number % 30 == 0 else f"Ashdown{number % 2000}"
        patient = model.patient.model_copy(
            update={
                "name": Person(family_name=family, given_name=model.patient.name.given_name),
                "address": model.patient.address.model_copy(update={"line1": f"{number} Elm Rd"}),
            }
        )
        lines = tuple(line.model_copy(update={"control_number": f"{number}L{line.number}"}) for line in model.lines)
        update = {
            "id": f"B{number:07d}",
            "note": "",
            "billing": clinic,
            "rendering": therapists[number % 5],
            "facility": None,
            "patient": patient,
            "payer": payer,
            "other_payers": () if number % 7 else model.other_payers[:1],
            "lines": lines,
        }
        claims.append(model.model_copy(update=update))
    return claims


def peak_mb() -> float:
    """The largest resident size so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    claims = ordinary_claims(count)
    before = peak_mb()
    best, data = float("inf"), b""
    for _ in range(15):
        start = time.process_time()
        data = write_837p(
            claims,
            submitter=claim_generator.SUBMITTER,
            receiver_name="Example Clearing",
            receiver_id="RECV01",
            control=ControlNumbers(),
            created=CREATED,
        )
        best = min(best, time.process_time() - start)
    assert data.count(b"~CLM*") == count
    lines = data.count(b"~LX*")
    print(f"write  {count / best:>9,.0f} claims/s  {lines / count:.1f} lines a claim, {len(data) / 1e6:.1f} MB")
    print(f"memory {peak_mb():>9,.0f} MB peak, of which {before:,.0f} MB before writing (the claims themselves)")
    start = time.process_time()
    file = read(data)
    split = time.process_time() - start
    parsed, problems = claims_of(file)
    whole = time.process_time() - start
    assert (len(parsed), problems) == (count, [])
    print(
        f"read   {count / whole:>9,.0f} claims/s  of which splitting into segments {len(data) / split / 1e6:.1f} MB/s"
    )
    print(f"memory {peak_mb():>9,.0f} MB peak")


if __name__ == "__main__":
    main()
