"""`cleanclaim reference`: which tables there are, published files in, diagnoses by words."""

from __future__ import annotations

from collections.abc import Callable

import typer

from cleanclaim.cli.listing import Listed
from cleanclaim.cli.program import help_of
from cleanclaim.cli.reference_difference import diff
from cleanclaim.cli.reference_load import forget, load
from cleanclaim.cli.reference_locality import locality
from cleanclaim.cli.reference_search import search
from cleanclaim.cli.reference_status import status

EXAMPLE = "cleanclaim reference status"

group = typer.Typer(cls=Listed, no_args_is_help=True, rich_markup_mode=None)


def _add(name: str, command: Callable[..., None], says: str, example: str) -> None:
    group.command(name, help=help_of(says, example))(command)


_add(
    "status",
    status,
    "Show every table: source, dates covered, horizon, rows, and how surely its entries were read.",
    "cleanclaim reference status",
)
_add(
    "search",
    search,
    "Find diagnoses by the words people use.",
    'cleanclaim reference search "frozen shoulder left"',
)
_add(
    "load",
    load,
    "Load files that CMS, CDC, NUCC and X12 publish; every check uses them at once. A wrong or cut-off file is "
    "refused with its row, and the edition before it stays.",
    "cleanclaim reference load ccipra-v322r0-f1.zip ccipra-v322r0-f2.zip ccipra-v322r0-f3.zip ccipra-v322r0-f4.zip",
)
_add(
    "forget",
    forget,
    "Remove a loaded edition; older ones, or what is shipped, answer again.",
    "cleanclaim reference forget ptp_practitioner 2026-07-01",
)
_add(
    "diff",
    diff,
    "Show which codes, pairs and amounts a new edition changes, and which past claims it would judge or price "
    "differently. Exit code: 0 nothing differs, 1 something does, 2 unusable input, 4 a rule crashed.",
    "cleanclaim reference diff ptp_practitioner@2026-04-01 new-quarter/ --on claims/",
)
_add(
    "locality",
    locality,
    "Find a Medicare payment locality by ZIP code, or by words of a county, an area or a state.",
    "cleanclaim reference locality 60601",
)
