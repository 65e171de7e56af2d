"""A biller's process, for tests in which two of them do the same at once.

`prepare` makes the sample clinic without claims. With a folder instead, it builds and then files all that there is,
waits before each step until the step's file is in the folder, so that two processes begin together, and prints what
it made.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import date
from pathlib import Path
from unittest.mock import patch

from cleanclaim.practice import keys, serving

keys.make_field_keys()
serving.set_up()

from django.core.management import call_command  # noqa: E402 - after the settings are there
from django.db import transaction  # noqa: E402

from cleanclaim.practice import demo, tenancy  # noqa: E402
from cleanclaim.practice.engine.claims.building import build  # noqa: E402
from cleanclaim.practice.engine.claims.filing import release  # noqa: E402
from cleanclaim.practice.models import Claim, Clinic, Membership, Visit  # noqa: E402

FOLDER = Path(__file__).parents[3] / "examples" / "clinic-day"
BUILT_VISITS = 24
_PATIENCE = 60.0


def prepare() -> None:
    """The clinic's rows, and no claim."""
    call_command("migrate", verbosity=0)
    with patch.object(demo, "build"):
        demo.load_folder(FOLDER, "millrace", on=date(2026, 9, 25))


def work(folder: Path) -> None:
    """Build, then release, each as soon as its file is in the folder; prints the numbers of the claims that it did."""
    clinic = Clinic.objects.get(slug="millrace")
    user = Membership.objects.select_related("user").get(clinic=clinic, role="biller").user
    with transaction.atomic(), tenancy.scope([clinic.id]):
        signed = Visit.objects.filter(status="signed").order_by("number")
        visits = list(signed.values_list("pk", flat=True)[:BUILT_VISITS])
    _wait(folder / "build")
    with transaction.atomic(), tenancy.scope([clinic.id]):
        _say([claim.number for claim in build(clinic, visits, user).made])
    with transaction.atomic(), tenancy.scope([clinic.id]):
        claims = list(Claim.objects.filter(status="ready").values_list("pk", flat=True))
    _wait(folder / "release")
    with transaction.atomic(), tenancy.scope([clinic.id]):
        released = release(clinic, claims, user)
        _say([claim.number for batch in released.batches for claim in batch.claims.all()])


def _wait(go: Path) -> None:
    _say("waits")
    deadline = time.monotonic() + _PATIENCE
    while not go.exists() and time.monotonic() < deadline:
        time.sleep(0.002)


def _say(words: object) -> None:
    print(json.dumps(words), flush=True)  # noqa: T201 - told to the test


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare()
    else:
        work(Path(sys.argv[1]))
