"""The program as a whole: its help, its version, its exit codes from outside."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest

from cleanclaim import __version__
from cleanclaim.cli.main import COMMANDS, load
from tests.cli.running import SCHEMAS, run

ROOT = Path(__file__).resolve().parents[2]


def outside(*words: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the program in a process of its own."""
    program = "from cleanclaim.cli.main import run; run()"
    return subprocess.run(  # noqa: S603
        [sys.executable, "-c", program, *words],
        capture_output=True,
        check=False,
        cwd=ROOT / "src",
        input=given,
        text=True,
        env={"PYTHONPATH": str(ROOT / "src"), "COLUMNS": "100", "PYTHONUTF8": "1"},
    )


def test_version_is_quick() -> None:
    taken = []
    for _ in range(3):
        begun = time.perf_counter()
        done = outside("--version")
        taken.append(time.perf_counter() - begun)
        assert (done.returncode, done.stdout) == (0, f"cleanclaim {__version__}\n")
    assert min(taken) < 0.2


def test_the_help_lists_every_command_in_its_order_and_cuts_no_sentence() -> None:
    listed = " ".join(outside("--help").stdout.partition("Commands:")[2].split())
    assert listed == " ".join(f"{name} {says}" for name, says in COMMANDS.items())


@pytest.mark.parametrize("name", [name for name in COMMANDS if not hasattr(load(name), "group")])
def test_every_command_has_help_with_its_example(name: str) -> None:
    ran = run(name, "--help", width=100)
    module = load(name)
    assert ran.code == 0
    assert " ".join(str(vars(module)["EXAMPLE"]).split()) in ran.words
    if name != "serve":  # it answers a browser, not a terminal
        assert "--format" in ran.text


def test_exit_codes_from_outside() -> None:
    words = ("units", "97110=24", "97112=23", "--date", "2026-03-04")
    done = outside(*words, "--payer", "medicare_b", "--format", "json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["supported_units"] == 3
    assert outside(*words).returncode == 3
    done = outside("units", "97110")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")


def test_output_that_is_no_terminal_has_no_control_characters() -> None:
    done = outside("code", "-", "--date", "2026-03-04", given="Quad sets 3x10 for strength 15 min")
    assert done.returncode == 0
    assert "\x1b" not in done.stdout + done.stderr


def test_unknown_command_is_unusable_input() -> None:
    assert outside("unit").returncode == 2


RECORDS = {"clinic.schema.json", "patient.schema.json", "visit.schema.json"}
"""What a person writes names no schema of its own: a record says what it is by where it lies."""


@pytest.mark.parametrize(
    "path",
    sorted(path for path in SCHEMAS.glob("*.schema.json") if path.name not in RECORDS),
    ids=lambda path: path.name,
)
def test_schemas_are_schemas_and_name_what_they_describe(path: Path) -> None:
    schema = json.loads(path.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["properties"]["schema"]["const"] == f"cleanclaim/{path.name.removesuffix('.schema.json')}"
