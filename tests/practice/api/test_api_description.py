"""The description of the API is committed, whole, and kept by the API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from cleanclaim.practice.api.application import api
from cleanclaim.practice.models import Clinic
from tests.practice.api.fuzzing import Fuzzer, owner_token

FILE = Path(__file__).parents[3] / "schemas" / "openapi.json"


def _document() -> dict[str, Any]:
    document: dict[str, Any] = api.get_openapi_schema()
    return document


def test_the_committed_description_is_that_of_the_api() -> None:
    assert json.loads(FILE.read_text(encoding="utf-8")) == _document(), "run `./dev python -m cleanclaim.practice.api`"


def test_the_description_is_served_to_everybody(client: Client) -> None:
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.json() == _document()


def test_every_call_is_described_whole() -> None:
    document = _document()
    described = 0
    for path, calls in document["paths"].items():
        for method, call in calls.items():
            described += 1
            assert call["summary"].strip(), (method, path)
            assert "Needs: scope `" in call["description"], (method, path)
            assert {"401", "403", "413", "422", "429"} <= set(call["responses"]), (method, path)
            if "{" in path:
                assert "404" in call["responses"], (method, path)
            names = {parameter["name"] for parameter in call["parameters"]}
            assert ("Idempotency-Key" in names) == (method == "post"), (method, path)
            assert ("If-Match" in names) == (method == "patch"), (method, path)
            for content in call.get("requestBody", {}).get("content", {}).values():
                reference = content.get("schema", {}).get("$ref", "").rsplit("/", 1)[-1]
                if reference:
                    assert document["components"]["schemas"][reference]["examples"], (method, path)
    assert described >= 25


@pytest.mark.slow
def test_generated_calls_are_answered_as_described(clinic: Clinic) -> None:
    fuzzer = Fuzzer(owner_token(clinic), clinic)
    fuzzer.run(examples=4, seed=20260925)
    assert fuzzer.calls >= 150
    assert not [status for status in fuzzer.statuses if status >= 500]
    assert fuzzer.statuses[200] > 20
    assert fuzzer.statuses[422] > 50


def test_every_call_has_its_line_in_the_documentation() -> None:
    page = (FILE.parents[1] / "docs" / "api.md").read_text(encoding="utf-8")
    calls = {
        f"`{method.upper()} {path.removeprefix('/api/v1')}`"
        for path, methods in _document()["paths"].items()
        for method in methods
    }
    told = {
        line.split(" | ")[0].removeprefix("| ")
        for line in page.splitlines()
        if line.startswith("| `") and "/" in line.split(" | ")[0]
    }
    assert told == calls
