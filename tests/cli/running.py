"""Run the program as a user does, inside the test's process, and hold its JSON against the published schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
from typer.testing import CliRunner

from cleanclaim.cli import output
from cleanclaim.cli.program import program

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"


class Ran(NamedTuple):
    """How a run ended."""

    code: int
    text: str
    errors: str

    @property
    def lines(self) -> list[str]:
        """The lines of the result, without blanks at their ends."""
        return [line.rstrip() for line in self.text.splitlines()]

    @property
    def words(self) -> str:
        """The result as one line, however it was wrapped."""
        return " ".join(self.text.split())


def run(*arguments: object, width: int = 100, given: str | None = None) -> Ran:
    """Run one command."""
    output.out.width = width
    output.err.width = width
    words = [str(argument) for argument in arguments]
    result = CliRunner().invoke(program([words[0]]), words, input=given)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ran(result.exit_code, result.stdout, result.stderr)


def run_json(*arguments: object, given: str | None = None) -> tuple[int, dict[str, Any]]:
    """Run one command with JSON output, which must be as its schema says."""
    ran = run(*arguments, "--format", "json", given=given)
    document: dict[str, Any] = json.loads(ran.text)
    validate(document)
    if "exit_code" in document:
        assert document["exit_code"] == ran.code
    return ran.code, document


def validate(document: dict[str, Any]) -> None:
    """Hold a document against the schema that it names."""
    kind = document["schema"].removeprefix("cleanclaim/")
    schema = json.loads((SCHEMAS / f"{kind}.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document, schema, cls=jsonschema.Draft202012Validator)
