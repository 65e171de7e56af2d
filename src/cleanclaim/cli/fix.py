"""`cleanclaim fix`: apply safe fixes to a file, and fixes that state something about the visit when a person signs.

A name given with `--attest` is recorded beside the file together with the user of the operating system: the person
is named, not authenticated.
"""

from __future__ import annotations

import getpass
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from cleanclaim import __version__
from cleanclaim.check.apply_rows import apply_to_parquet, apply_to_rows
from cleanclaim.check.apply_segments import apply_to_segments
from cleanclaim.check.apply_visits import apply_to_visits
from cleanclaim.check.findings import Change, Finding, place_of
from cleanclaim.check.rewriting import Followed, Refusal, Rewritten
from cleanclaim.cli.arguments import PayerOption, day_of, find_payer
from cleanclaim.cli.check import AsOfOption, ClinicOption
from cleanclaim.cli.checked import Checked, check
from cleanclaim.cli.decisions import SelectOption, named_rules
from cleanclaim.cli.inputs import Batch, Setting, kind_of, read_batches, setting_of
from cleanclaim.cli.output import ExitCode, Format, FormatOption, err, out, progress, unusable, write_json
from cleanclaim.money import dollars
from cleanclaim.private_files import write_private
from cleanclaim.rules.kit import Rule, Safety

EXAMPLE = "cleanclaim fix lines.csv --payer medicare_b --out fixed.csv"

_PASSES = 6
"""One fix may uncover another; more passes than this would go in a circle."""


_FOLLOWS = {
    "charge_cents": "The charge follows the units",
    "total_charge_cents": "The claim's total follows its lines",
}
"""What is said of a value that follows from a fix, by its field."""


@dataclass(frozen=True, slots=True)
class Made:
    """One change as it is recorded: where, by which rule, from what to what.

    `follows` says that another change brought it with it, as a charge follows its units.
    """

    claim: str
    place: str
    rule: str
    safety: str
    title: str
    field: str
    old: Any
    new: Any
    follows: bool = False


@dataclass(frozen=True, slots=True)
class NotMade:
    """One change that was refused, and why."""

    claim: str
    place: str
    rule: str
    why: str


@dataclass(slots=True)
class Fixed:
    """One file after its fixes."""

    path: Path
    made: list[Made] = field(default_factory=list)
    refused: list[NotMade] = field(default_factory=list)
    original: bytes = b""
    data: bytes = b""
    after: list[Checked] = field(default_factory=list)
    written: Path | None = None
    record: Path | None = None

    def waiting(self) -> int:
        """Findings that are left and have a fix that only a named person may apply."""
        return sum(
            bool(finding.changes) and finding.fix_safety == Safety.ATTEST
            for item in self.after
            for finding in item.findings
        )


def command(
    files: Annotated[
        list[Path], typer.Argument(help="Visits (.json, .jsonl), lines (.csv, .parquet) or claims (837P).")
    ],
    *,
    attest: Annotated[
        str | None, typer.Option("--attest", help="Your name: also apply fixes that state something about a visit.")
    ] = None,
    out_path: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="File to write, or folder for several; else NAME.fixed beside it."),
    ] = None,
    in_place: Annotated[bool, typer.Option("--in-place", help="Write over the files themselves.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and write nothing.")] = False,
    clinic: ClinicOption = None,
    payer: PayerOption = None,
    as_of: AsOfOption = None,
    select: SelectOption = None,
    ignore: Annotated[list[str] | None, typer.Option("--ignore", help="No rule whose code begins so.")] = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Fix, write beside the original, and say what is left."""
    on = day_of(as_of)
    name = _attested_by(attest)
    rules = named_rules(select or [], ignore or [])
    targets = _targets(files, out_path, in_place=in_place)
    setting = setting_of(clinic, on, payer)
    if payer is not None:
        find_payer(payer, setting.packs)
    with progress() as display:
        task = display.add_task("Fixing", total=len(files))
        results = []
        for path in files:
            results.append(fix_file(path, setting, rules, attested=name is not None))
            display.update(task, advance=1)
    crashed = {code: why for item in results for one in item.after for code, why in one.verdicts.crashed.items()}
    if not crashed and not dry_run:
        for item, target in zip(results, targets, strict=True):
            if item.made:
                _write(item, target, name, in_place=in_place)
    code = _exit_code(results, crashed)
    if format_ is Format.JSON:
        write_json("fix", {"exit_code": int(code), "attested_by": name, **_as_json(results, crashed, on)})
    else:
        _say(results, crashed, dry_run=dry_run)
    raise typer.Exit(code)


def _attested_by(name: str | None) -> str | None:
    if name is not None and not name.strip():
        unusable("--attest: expected the name of the person who states it")
    return name.strip() if name is not None else None


def _targets(files: Sequence[Path], out_path: Path | None, *, in_place: bool) -> list[Path]:
    """Where each file is written; leaves with a message where that would write over something."""
    if in_place and out_path is not None:
        unusable("--out and --in-place: expected one of them")
    for path in files:
        if kind_of(path) == "folder":
            unusable(f"{path}: a folder; expected files")
        if path.suffix.lower() == ".txt" and kind_of(path) != "claims":
            unusable(
                f"{path}: a .txt file has nothing that is fixed here; expected .json, .jsonl, .csv, .parquet or 837P"
            )
    if in_place:
        return list(files)
    if out_path is None:
        found = [path.with_name(f"{path.stem}.fixed{path.suffix}") for path in files]
    elif len(files) > 1 or out_path.is_dir():
        found = [out_path / path.name for path in files]
    else:
        found = [out_path]
    for target in found:
        if target.exists():
            unusable(f"{target}: is there already; expected a new name with --out, or --in-place")
        if found.count(target) > 1:
            unusable(f"{target}: two files would be written there; expected names of their own")
    return found


def fix_file(path: Path, setting: Setting, rules: Sequence[Rule], *, attested: bool) -> Fixed:
    """Fix one file in memory, until nothing more can be fixed; the file itself is not touched.

    Args:
        path: the file.
        setting: what it is read in the light of.
        rules: the rules whose fixes are applied.
        attested: a person has given a name, so that fixes which state something about a visit are applied too.
    """
    charges = setting.clinic.charges if setting.clinic is not None else {}
    original = path.read_bytes()
    fixed = Fixed(path, original=original, data=original)
    with tempfile.TemporaryDirectory() as folder:
        # A private copy, read again after every pass, so that what is judged is what would be written.
        copy = Path(folder) / path.name
        for _ in range(_PASSES):
            write_private(copy, fixed.data)
            fixed.after = check(read_batches([copy], setting), rules)
            if any(item.verdicts.crashed for item in fixed.after) or not _pass(fixed, charges, attested=attested):
                return fixed
        write_private(copy, fixed.data)
        fixed.after = check(read_batches([copy], setting), rules)
    return fixed


def _pass(fixed: Fixed, charges: Mapping[str, int], *, attested: bool) -> bool:
    """Apply the fixes that the file's findings propose; whether anything changed."""
    [item] = fixed.after
    by_change: dict[Change, Finding] = {}
    for finding in item.findings:
        if attested or finding.fix_safety == Safety.SAFE:
            for change in finding.changes:
                by_change.setdefault(change, finding)
    done = {(one.claim, one.place, one.rule, str(one.new)) for one in fixed.made}
    wanted = [
        change for change, finding in by_change.items() if (*_where(item.batch, finding), str(change.new)) not in done
    ]
    if not wanted:
        return False
    rewritten = _apply(fixed, item.batch, wanted, charges)
    fixed.data = rewritten.data
    for change in rewritten.made:
        fixed.made.append(_made(item.batch, by_change[change], change))
        followed = (one for one in rewritten.followed if one.cause == change)
        fixed.made += [_followed(item.batch, by_change[change], one) for one in followed]
    fixed.refused = [_not_made(item.batch, by_change[one.change], one) for one in rewritten.refused]
    return bool(rewritten.made)


def _where(batch: Batch, finding: Finding) -> tuple[str, str, str]:
    return batch.names[finding.claim_id].key, finding.place, finding.code


def _apply(fixed: Fixed, batch: Batch, changes: Sequence[Change], charges: Mapping[str, int]) -> Rewritten:
    suffix = fixed.path.suffix.lower()
    if batch.flat is not None:
        apply = apply_to_parquet if suffix == ".parquet" else apply_to_rows
        return apply(fixed.data, batch.flat, changes, charges)
    if batch.claims is not None:
        [(_, file)] = batch.x12
        return apply_to_segments(file, batch.claims, changes, charges)
    keys = [named.key for named in batch.names]
    return apply_to_visits(fixed.data, suffix, keys, batch.tables, changes, charges)


def _made(batch: Batch, finding: Finding, change: Change) -> Made:
    claim, place, rule = _where(batch, finding)
    what = change.field or change.table.removesuffix("s")
    return Made(claim, place, rule, finding.fix_safety, finding.fix_title, what, change.old, change.new)


def _followed(batch: Batch, finding: Finding, followed: Followed) -> Made:
    """A change that another one brought with it, with the place where it was made."""
    change = followed.change
    row = batch.tables.frame(change.table).row(change.key, named=True)
    claim, _, rule = _where(batch, finding)
    place, title = place_of(change.table, row), _FOLLOWS[change.field]
    return Made(claim, place, rule, finding.fix_safety, title, change.field, change.old, change.new, follows=True)


def _not_made(batch: Batch, finding: Finding, refusal: Refusal) -> NotMade:
    return NotMade(*_where(batch, finding), refusal.why)


# --- writing ---------------------------------------------------------------------------------------------


def _write(fixed: Fixed, target: Path, name: str | None, *, in_place: bool) -> None:
    """Write the file and, beside it, the record of what was changed and who stands for it."""
    now = datetime.now().astimezone()
    record = target.with_name(f"{target.name}.fixes.json")
    if record.exists():
        # Runs on one file are recorded one beside the other.
        record = target.with_name(f"{target.name}.{now:%Y%m%dT%H%M%S%f}.fixes.json")
    if in_place and target.read_bytes() != fixed.original:
        unusable(f"{target}: was changed meanwhile; expected the file as it was read, so nothing is written")
    document = {
        "schema": "cleanclaim/fix-record",
        "version": __version__,
        "file": fixed.path.name,
        "written": target.name,
        "at": now.isoformat(timespec="seconds"),
        "os_user": _os_user(),
        "attested_by": name,
        "note": "The person is named, not authenticated." if name else "Safe fixes only: nobody states anything.",
        "changes": [_made_json(one) for one in fixed.made],
    }
    # The record comes first: a changed file without its record must not be.
    write_private(record, (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode())
    write_private(target, fixed.data)
    fixed.written, fixed.record = target, record


def _os_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}" if hasattr(os, "getuid") else "unknown"


def _exit_code(results: Sequence[Fixed], crashed: dict[str, str]) -> ExitCode:
    if crashed:
        return ExitCode.CRASHED
    checked = [one for item in results for one in item.after]
    if not any(one.batch.judged for one in checked):
        return ExitCode.UNUSABLE
    if any(one.findings or one.batch.rejections or one.batch.problems for one in checked):
        return ExitCode.FINDINGS
    return ExitCode.NO_DATA if any(one.unjudged or one.batch.questions for one in checked) else ExitCode.CLEAN


# --- JSON and text ---------------------------------------------------------------------------------------


def _as_json(results: Sequence[Fixed], crashed: dict[str, str], on: date) -> dict[str, Any]:
    return {
        "as_of": on,
        "files": [
            {
                "file": item.path.name,
                "written": str(item.written) if item.written else None,
                "record": str(item.record) if item.record else None,
                "changes": [_made_json(one) for one in item.made],
                "refused": [
                    {"claim": one.claim, "place": one.place, "rule": one.rule, "why": one.why} for one in item.refused
                ],
                "findings_left": sum(len(one.findings) for one in item.after),
                "fixes_waiting_for_a_name": item.waiting(),
            }
            for item in results
        ],
        "crashed": crashed,
    }


def _made_json(one: Made) -> dict[str, Any]:
    return {
        "claim": one.claim,
        "place": one.place,
        "rule": one.rule,
        "safety": one.safety,
        "title": one.title,
        "field": one.field,
        "old": list(one.old) if isinstance(one.old, tuple) else one.old,
        "new": list(one.new) if isinstance(one.new, tuple) else one.new,
    }


def _say(results: Sequence[Fixed], crashed: dict[str, str], *, dry_run: bool) -> None:
    for item in results:
        count = sum(not one.follows for one in item.made)
        would = "would be made" if dry_run else "made"
        head = f"{count} fix{'' if count == 1 else 'es'} {would}" if count else "nothing to fix"
        out.print(Text.assemble((item.path.name, "bold"), f": {head}"))
        if item.made:
            out.print(_changes_table(item.made))
        for refused in item.refused:
            place = f"{refused.claim}, {refused.place}, {refused.rule}"
            err.print(Text.assemble(("not fixed: ", "yellow"), f"{place}: {refused.why}"), soft_wrap=True)
        for one in item.after:
            for rejection in one.batch.rejections:
                err.print(Text.assemble(("set aside: ", "yellow"), str(rejection)), soft_wrap=True)
        left = sum(len(one.findings) for one in item.after)
        if left:
            waiting = item.waiting()
            named = f"; {waiting} of them have a fix that waits for a name (--attest)" if waiting else ""
            out.print(Text(f"  {left} finding{'' if left == 1 else 's'} left{named}"))
        if item.written is not None and item.record is not None:
            out.print(Text(f"  written to {item.written}, recorded in {item.record.name}"))
    for code, why in crashed.items():
        err.print(Text.assemble((f"rule {code} crashed, so nothing is written: ", "bold red"), why))


def _changes_table(made: Sequence[Made]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for one in made:
        change = _changed(one) if one.new is not None else f"{one.field} removed"
        table.add_row(f"  {one.claim}", one.rule, one.place, Text(f"{change}\n{one.title} ({one.safety})"))
    return table


def _changed(one: Made) -> str:
    if one.field in _FOLLOWS:
        what = one.field.removesuffix("_cents").replace("_", " ")
        return f"{what} {dollars(one.old)} → {dollars(one.new)}"
    return f"{one.field} {_shown(one.old)} → {_shown(one.new)}"


def _shown(value: object) -> str:
    if isinstance(value, list | tuple):
        return " ".join(map(str, value)) or "none"
    return str(value)
