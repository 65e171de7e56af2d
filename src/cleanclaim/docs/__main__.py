"""`python -m cleanclaim.docs [--check]`: write the generated pages, or say which are stale."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from cleanclaim.docs import site

_SHOWN = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code: 0 done or up to date, 1 stale, 2 no project here."""
    parser = argparse.ArgumentParser(prog="python -m cleanclaim.docs", description="Write the generated pages.")
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 where a page is stale")
    parser.add_argument("--root", type=Path, default=Path(), help="the project's folder; default: found from here up")
    chosen = parser.parse_args(arguments)
    try:
        root = site.project(chosen.root)
    except site.NoProjectError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    pages = site.expected(root)
    found = site.differences(root, pages) if chosen.check else site.write(root, pages)
    for item in found[:_SHOWN]:
        sys.stdout.write(f"{item.what if chosen.check else 'written'}: {item.path}\n")
    if len(found) > _SHOWN:
        sys.stdout.write(f"and {len(found) - _SHOWN} more\n")
    if found and chosen.check:
        sys.stdout.write("write them with: ./dev docs\n")
        return 1
    sys.stdout.write(f"{len(pages)} generated files, {len(found)} {'stale' if chosen.check else 'changed'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
