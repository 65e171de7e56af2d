"""The locks: hashed, of one mind, and holding what pyproject.toml asks for."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.architecture.tree import ROOT

LOCKS = ("bootstrap", "runtime", "dev", "bench")
ENTRY = re.compile(r"^(?P<name>[a-z0-9][a-z0-9.-]*)==(?P<version>[^ ]+)(?P<rest>.*(?:\n    --hash=.*)*)", re.MULTILINE)
REMEDY = "Run ./dev lock."


def lock(name: str) -> dict[str, set[str]]:
    """Versions by package of one lock."""
    versions: dict[str, set[str]] = {}
    for entry in ENTRY.finditer((ROOT / "requirements" / f"{name}.txt").read_text("utf-8")):
        versions.setdefault(entry["name"], set()).add(entry["version"])
    return versions


@pytest.mark.parametrize("name", LOCKS)
def test_every_line_is_a_version_or_its_hash(name: str) -> None:
    lines = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8").splitlines()
    odd = [line for line in lines if not re.match(r"[a-z0-9][a-z0-9.-]*==|    --hash=sha256:[0-9a-f]{64}", line)]
    assert not odd, f"{REMEDY} Options, comments and addresses have no place in a lock."


@pytest.mark.parametrize("name", LOCKS)
def test_every_version_has_hashes(name: str) -> None:
    entries = list(ENTRY.finditer((ROOT / "requirements" / f"{name}.txt").read_text("utf-8")))
    assert entries
    assert not [entry["name"] for entry in entries if "--hash=sha256:" not in entry["rest"]], REMEDY


@pytest.mark.parametrize(("inner", "outer"), [("runtime", "dev"), ("dev", "bench")])
def test_a_lock_holds_the_one_before_it(inner: str, outer: str) -> None:
    held = lock(outer)
    assert {name: versions for name, versions in lock(inner).items() if held.get(name) != versions} == {}, REMEDY


@pytest.mark.parametrize(
    ("name", "groups"), [("runtime", ["build"]), ("dev", ["build", "dev"]), ("bench", ["build", "dev", "bench"])]
)
def test_a_lock_holds_what_is_asked_for(name: str, groups: list[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    asked = [*project["project"]["dependencies"]]
    for group in groups:
        asked += project["dependency-groups"][group]
    names = {re.split(r"[<>=!~\[; ]", requirement, maxsplit=1)[0] for requirement in asked}
    assert names - set(lock(name)) == set(), REMEDY
