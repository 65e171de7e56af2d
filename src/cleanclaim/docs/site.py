"""All generated files under one roof: what they should hold, which are stale, and writing them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cleanclaim.docs import (
    code_pages,
    command_page,
    coverage_page,
    denial_page,
    fact_pages,
    figures,
    modifier_pages,
    payer_pages,
    reference_files_page,
    rule_pages,
    value_pages,
)
from cleanclaim.docs.columns import Columns

OWNED = ("rules", "values", "facts", "codes", "payers", "modifiers")
"""Folders under `docs/` in which every file is generated: what does not belong there is taken away."""

WITH_FIGURES = ("README.md", "docs/index.md")
"""Pages written by hand that hold the table of figures."""


class NoProjectError(FileNotFoundError):
    """A folder that does not hold the project."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A file that is not as it should be, and how: `stale`, `absent` or `left over`."""

    path: str
    what: str


def project(start: Path) -> Path:
    """The folder of the project: the nearest one, from `start` up, with a `pyproject.toml` and a folder `docs`.

    Raises:
        NoProjectError: there is none.
    """
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / "pyproject.toml").is_file() and (folder / "docs").is_dir():
            return folder
    raise NoProjectError(f"{start}: expected a folder of the project, with pyproject.toml and docs/")


def expected(root: Path) -> dict[str, str]:
    """Every generated file, by path below the project's folder, with its text."""
    columns = Columns()
    generated = (
        rule_pages.pages(columns),
        value_pages.pages(),
        fact_pages.pages(columns),
        code_pages.pages(),
        payer_pages.pages(),
        modifier_pages.pages(),
    )
    found = {f"docs/{name}": text for pages in generated for name, text in pages}
    found["docs/cli.md"] = command_page.page()
    found["docs/coverage.md"] = coverage_page.page()
    found["docs/denials.md"] = denial_page.page()
    found["docs/reference-files.md"] = reference_files_page.page()
    counted = figures.block(columns)
    for name in WITH_FIGURES:
        found[name] = figures.inserted(name, (root / name).read_text("utf-8"), counted)
    return dict(sorted(found.items()))


def differences(root: Path, pages: dict[str, str]) -> list[Difference]:
    """The files that are not as they should be, by path."""
    found = []
    for name, text in pages.items():
        path = root / name
        if not path.is_file():
            found.append(Difference(name, "absent"))
        elif path.read_bytes() != text.encode():
            found.append(Difference(name, "stale"))
    for folder in OWNED:
        for path in (root / "docs" / folder).rglob("*"):
            name = path.relative_to(root).as_posix()
            if path.is_file() and name not in pages:
                found.append(Difference(name, "left over"))
    return sorted(found, key=lambda item: item.path)


def write(root: Path, pages: dict[str, str]) -> list[Difference]:
    """Make every generated file what it should be; returns what was changed."""
    changed = differences(root, pages)
    for item in changed:
        path = root / item.path
        if item.what == "left over":
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pages[item.path].encode())
    return changed
