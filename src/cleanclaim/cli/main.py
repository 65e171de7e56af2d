"""The entry point: which commands there are, loaded when they are called, and how each ends.

Exit codes: 0 clean as far as judged, 1 findings, 2 unusable input, 3 no finding but something decisive is no
data, 4 a rule crashed.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

from cleanclaim import __version__

COMMANDS: dict[str, str] = {
    "bill": "Turn a folder of visit notes into checked claims, forms and a report.",
    "check": "Check visit files or 837P claims against the rule book.",
    "audit": "Audit an archive of claims of any size, and write a report.",
    "fix": "Apply safe fixes to a file; fixes that attest need a name.",
    "units": "Count units from minutes, and explain them.",
    "code": "Suggest procedure codes for words of a note.",
    "price": "Price procedure codes for a payer and a date.",
    "explain": "Explain a rule, procedure, modifier, denial or diagnosis.",
    "payer": "Show what payers state; check a payer file of your own and what it would change.",
    "x12": "Judge X12 files of any kind, answer them by 999 and TA1, and read payers' answers.",
    "remit": "Read remittances (835): what was paid, what was not and why.",
    "payer-sim": "Play the payer: answer claims and questions, in a folder or over SFTP.",
    "simulate": "Run a synthetic year of a clinic from its notes to the bank.",
    "reference": "Show or search the reference tables.",
    "serve": "Serve the practice to a browser.",
    "practice": "Look after a practice: tables, people, keys, backups, background work.",
    "ledger": "Verify the ledger of a practice: every transaction, line, document and deposit.",
    "verify-audit": "Verify the audit log of a practice against its anchor.",
    "doctor": "Say what is wrong with this deployment of the practice.",
}
"""Commands by name, with the one line that the help shows."""


def run(arguments: Sequence[str] | None = None) -> None:
    """Run the program and leave with its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words in (["--version"], ["-V"]):
        sys.stdout.write(f"cleanclaim {__version__}\n")
        raise SystemExit(0)
    name = next((word for word in words if not word.startswith("-")), None)
    from cleanclaim.cli.program import program  # noqa: PLC0415 - keeps --version fast

    application = program(_loaded(name))
    try:
        application(args=words, prog_name="cleanclaim")
    except ValueError as error:
        # Loaded editions are read wherever a look-up first needs them; the module is light and known by then.
        from cleanclaim.reference.published.store import StoreError  # noqa: PLC0415 - keeps --version fast

        if not isinstance(error, StoreError):
            raise
        sys.stderr.write(f"error: {error}\n")
        raise SystemExit(2) from error


def _loaded(name: str | None) -> list[str]:
    """The commands to load: the one that is called, or all for the help."""
    return [name] if name in COMMANDS else list(COMMANDS)


def load(name: str) -> object:
    """The module of a command."""
    return importlib.import_module(f"cleanclaim.cli.{name.replace('-', '_')}")
