"""`cleanclaim x12`: X12 files of any kind judged, answered by 999 and TA1, and answers told in plain words.

Exit codes: 0 accepted, 1 faults, 2 unusable input, 3 no faults but a transaction without a guide here.
"""

from __future__ import annotations

from collections.abc import Callable

import typer

from cleanclaim.cli.listing import Listed
from cleanclaim.cli.program import help_of
from cleanclaim.cli.x12_acknowledge import acknowledge
from cleanclaim.cli.x12_read import read
from cleanclaim.cli.x12_validate import validate

EXAMPLE = "cleanclaim x12 validate claims.837"

group = typer.Typer(cls=Listed, no_args_is_help=True, rich_markup_mode=None)


def _add(name: str, command: Callable[..., None], says: str, example: str) -> None:
    group.command(name, help=help_of(says, example))(command)


_add(
    "validate",
    validate,
    "Judge X12 files: envelopes and syntax (level 1), the guides of 837P, 837I, 835, 999, TA1, 277CA, 270, 271, 276 "
    "and 277 (level 2), and sums (level 3). Every fault names its segment, loop and element, and no patient.",
    "cleanclaim x12 validate claims.837 remittance.835",
)
_add(
    "acknowledge",
    acknowledge,
    "Answer a file received: a 999 on each group, a TA1 where one is asked for or the envelope is at fault.",
    "cleanclaim x12 acknowledge claims.837 --out claims.999",
)
_add(
    "read",
    read,
    "Tell in plain words what payers answered: TA1 and 999 on files, 277CA and 277 on claims with what to do about "
    "each rejection, 271 on benefits. Leaves with 1 where something was refused. No name is printed.",
    "cleanclaim x12 read answers.999 answers.277",
)
