"""`cleanclaim units`: minutes of one day in, units out, with the reason in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from cleanclaim.cli.arguments import (
    DateOption,
    PayerOption,
    PayersOption,
    code_counts,
    day_of,
    find_payer,
    own_payers,
)
from cleanclaim.cli.output import ExitCode, Format, FormatOption, out, unusable, write_json
from cleanclaim.reference import procedures
from cleanclaim.reference.payers import Payer
from cleanclaim.sources import Source
from cleanclaim.units.assistants import AssistantMethod
from cleanclaim.units.counting import MethodComparison, UnitCount, UnitMethod, compare_methods, count_units
from cleanclaim.units.judging import UnitJudgment, Verdict, judge_billed
from cleanclaim.units.splitting import AssistantSplit, Hands, split_assistant

EXAMPLE = "cleanclaim units 97110=24 97112=23 --payer medicare_b --date 2026-03-04 --assistant 97110=10"


class MethodChoice(StrEnum):
    """A counting method given by hand."""

    EIGHT_MINUTE = "eight_minute"
    MIDPOINT = "midpoint"


@dataclass(frozen=True, slots=True)
class Method:
    """How units are counted here, and who says so; `method` is `None` where that is unknown or mixed."""

    method: UnitMethod | None
    said_by: str
    source: Source | None = None


def command(
    minutes: Annotated[
        list[str], typer.Argument(help="One-on-one minutes of the day by code, such as 97110=24; ? is unknown.")
    ],
    *,
    payer: PayerOption = None,
    day: DateOption = None,
    assistant: Annotated[
        list[str] | None, typer.Option("--assistant", help="Of these minutes, by an assistant alone: 97110=10.")
    ] = None,
    together: Annotated[
        list[str] | None, typer.Option("--together", help="Of these minutes, by therapist and assistant together.")
    ] = None,
    prefer: Annotated[
        list[str] | None, typer.Option("--prefer", help="The therapist's choice where codes tie for a unit.")
    ] = None,
    billed: Annotated[list[str] | None, typer.Option("--billed", help="Units billed, to be judged: 97110=2.")] = None,
    method: Annotated[
        MethodChoice | None, typer.Option("--method", help="Count by this method, whatever the payer's is.")
    ] = None,
    assistant_method: Annotated[
        AssistantMethod, typer.Option("--assistant-method", help="How an assistant's share is judged.")
    ] = AssistantMethod.PERCENTAGE,
    payer_folder: PayersOption = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Count the units of one day and explain them."""
    on = day_of(day)
    given = code_counts(minutes, "minutes")
    choices = _choices(prefer or [], given)
    hands = _hands(given, code_counts(assistant or [], "--assistant"), code_counts(together or [], "--together"))
    claimed = code_counts(billed or [], "--billed", what="units")
    own = own_payers(payer_folder)
    found = find_payer(payer, own) if payer is not None else None
    way = _method(found, method, on)
    both = compare_methods(given, prefer=choices)
    count = None if way.method is None else count_units(given, way.method, prefer=choices)
    agreed = count or (both.eight_minute if both.agree else None)
    splits = None
    if (assistant or together) and agreed is not None:
        splits = split_assistant(
            hands, on=on, method=assistant_method, unit_method=way.method or UnitMethod.EIGHT_MINUTE, prefer=choices
        )
    waits = bool(assistant or together) and splits is None
    judgment = judge_billed(claimed, given, way.method) if billed else None
    code = _exit_code(agreed, splits, judgment)
    answer = _Answer(given, on, found, way, count, both, agreed, splits, claimed, judgment, _remarks(given, on), waits)
    if format_ is Format.JSON:
        write_json("units", {"exit_code": int(code), **answer.as_json()})
    else:
        answer.say()
    raise typer.Exit(code)


def _choices(prefer: list[str], minutes: dict[str, int | None]) -> list[str]:
    wanted = [code.strip().upper() for word in prefer for code in word.split(",")]
    for code in wanted:
        if code not in minutes:
            unusable(f"--prefer: {code!r} has no minutes here; expected one of {', '.join(minutes)}")
    return wanted


def _hands(
    total: dict[str, int | None], assistant: dict[str, int | None], together: dict[str, int | None]
) -> dict[str, Hands]:
    """Each code's minutes by whose hands; the rest of the total is the therapist's."""
    for where, part in (("--assistant", assistant), ("--together", together)):
        for code in part:
            if code not in total:
                unusable(f"{where}: {code} has no minutes here; expected its whole minutes too, such as {code}=24")
    found: dict[str, Hands] = {}
    for code, whole in total.items():
        alone, shared = assistant.get(code, 0), together.get(code, 0)
        if whole is None or alone is None or shared is None:
            found[code] = Hands(None, alone, shared)
            continue
        if alone + shared > whole:
            unusable(f"{code}: {alone + shared} minutes of the assistant; expected at most its {whole} minutes")
        found[code] = Hands(whole - alone - shared, alone, shared)
    return found


def _method(payer: Payer | None, chosen: MethodChoice | None, on: date) -> Method:
    if chosen is not None:
        return Method(UnitMethod(chosen.value), "as asked")
    if payer is None:
        return Method(None, "no payer is given, so how units are counted is unknown")
    stated = payer.setting("unit_method", on)
    if stated.dated is None:
        return Method(None, f"how {payer.label} counted units on {on} was not read")
    if stated.value not in tuple(UnitMethod):
        return Method(None, f"{payer.label} mixes the methods", stated.dated.source)
    return Method(UnitMethod(stated.value), f"{payer.label} on {on}", stated.dated.source)


def _remarks(minutes: dict[str, int | None], on: date) -> list[str]:
    """Codes that are not in force on the day, or not listed at all."""
    found = []
    for code in minutes:
        procedure = procedures.get(code)
        if procedure is None:
            found.append(f"{code} is not a code listed here, so whether it counts by 15 minutes is unknown")
        elif not procedure.holds_on(on):
            if procedure.valid_through is not None and procedure.valid_through < on:
                instead = f"; replaced by {', '.join(procedure.replaced_by)}" if procedure.replaced_by else ""
                found.append(f"{code} ended on {procedure.valid_through}{instead}")
            else:
                found.append(f"{code} begins on {procedure.valid_from}")
    return found


def _exit_code(
    agreed: UnitCount | None, splits: dict[str, AssistantSplit] | None, judgment: UnitJudgment | None
) -> ExitCode:
    verdicts = {judgment.day, *judgment.codes.values()} if judgment is not None else set()
    if verdicts & {Verdict.OVER, Verdict.UNDER}:
        return ExitCode.FINDINGS
    undecided = any(split.units is None or split.with_modifier is None for split in (splits or {}).values())
    unknown = agreed is None or agreed.supported_units is None or None in agreed.units.values()
    return ExitCode.NO_DATA if unknown or undecided or Verdict.NO_DATA in verdicts else ExitCode.CLEAN


@dataclass(frozen=True, slots=True)
class _Answer:
    """All that is said, in both forms."""

    minutes: dict[str, int | None]
    on: date
    payer: Payer | None
    way: Method
    count: UnitCount | None
    both: MethodComparison
    agreed: UnitCount | None
    splits: dict[str, AssistantSplit] | None
    claimed: dict[str, int | None]
    judgment: UnitJudgment | None
    remarks: list[str]
    split_waits: bool
    """An assistant's minutes are given, and the units they share in are not known."""

    def wants_modifier(self) -> bool | None:
        """Whether the payer wants the assistant modifier on that day; `None` where that was not read."""
        if self.payer is None:
            return None
        wanted: bool | None = self.payer.setting("assistant_modifier_required", self.on).value
        return wanted

    def explanation(self) -> str:
        """The one sentence."""
        return (self.count.explanation if self.count is not None else self.both.explanation) + "."

    def notes(self) -> list[str]:
        """What a person should know beside it."""
        waits = ["which units carry the assistant modifier waits for the payer's method"] if self.split_waits else []
        return [*self.remarks, *(self.agreed.notes if self.agreed is not None else ()), *waits]

    def as_json(self) -> dict[str, Any]:
        """The answer as `schemas/units.schema.json` says."""
        codes = []
        for code, minutes in self.minutes.items():
            procedure = procedures.get(code)
            split = (self.splits or {}).get(code)
            codes.append(
                {
                    "code": code,
                    "label": procedure.label if procedure else None,
                    "is_timed": procedure.is_timed if procedure else None,
                    "minutes": minutes,
                    "units": self.agreed.units[code] if self.agreed else None,
                    "units_eight_minute": self.both.eight_minute.units[code],
                    "units_midpoint": self.both.midpoint.units[code],
                    "units_with_assistant_modifier": split.with_modifier if split else None,
                    "units_without_assistant_modifier": split.without_modifier if split else None,
                    "assistant_explanation": split.explanation if split else None,
                    "billed_verdict": self.judgment.codes.get(code, None) if self.judgment else None,
                }
            )
        return {
            "payer": self.payer.id if self.payer else None,
            "date": self.on,
            "method": self.way.method,
            "method_said_by": self.way.said_by,
            "method_source": self.way.source.cite() if self.way.source else None,
            "methods_agree": self.both.agree,
            "timed_minutes": (self.agreed or self.both.eight_minute).timed_minutes,
            "supported_units": self.agreed.supported_units if self.agreed else None,
            "assistant_modifier_wanted": self.wants_modifier() if self.splits is not None else None,
            "codes": codes,
            "explanation": self.explanation(),
            "notes": self.notes(),
            "billed": None
            if self.judgment is None
            else {"verdict": self.judgment.day, "explanation": self.judgment.explanation},
        }

    def say(self) -> None:
        """Write it for people."""
        if self.way.method is not None:
            out.print(f"Counted by the {self.way.method.label} ({escape(self.way.said_by)})\n")
        else:
            out.print(f"Counted by both methods: {escape(self.way.said_by)}\n")
        out.print(self._table())
        out.print(f"\n{escape(self.explanation())}")
        if self.splits is not None:
            self._say_assistants()
        if self.judgment is not None:
            out.print(f"\nBilled, together: {self.judgment.day.value}. {escape(self.judgment.explanation)}.")
        for note in self.notes():
            out.print(f"\nNote: {escape(note)}.")
        if self.way.source is not None:
            out.print(f"\n[dim]By: {escape(self.way.source.cite())}[/]")

    def _table(self) -> Table:
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
        table.add_column("code")
        table.add_column("minutes", justify="right")
        counts: list[tuple[str, UnitCount]]
        if self.count is not None:
            counts = [("units", self.count)]
        else:
            counts = [(f"{count.method.label}", count) for count in (self.both.eight_minute, self.both.midpoint)]
        for heading, _ in counts:
            table.add_column(heading, justify="right")
        if self.splits is not None:
            table.add_column("with CQ/CO", justify="right")
            table.add_column("without", justify="right")
        if self.judgment is not None:
            table.add_column("billed", justify="right")
            table.add_column("judged")
        table.add_column("")
        for code, minutes in self.minutes.items():
            cells = [code, _shown(minutes), *(_shown(count.units[code]) for _, count in counts)]
            if self.splits is not None:
                split = self.splits[code]
                cells += [_shown(split.with_modifier), _shown(split.without_modifier)]
            if self.judgment is not None:
                verdict = self.judgment.codes.get(code)
                cells += [_shown(self.claimed.get(code, 0)), verdict.value if verdict else ""]
            procedure = procedures.get(code)
            table.add_row(*cells, escape(procedure.label) if procedure else "not listed here")
        return table

    def _say_assistants(self) -> None:
        for split in (self.splits or {}).values():
            out.print(f"{escape(split.explanation)}.")
        wanted = self.wants_modifier()
        if wanted is None:
            who = self.payer.label if self.payer else "the payer"
            out.print(f"Whether {escape(who)} wants the assistant modifier was not read.")
        elif not wanted and self.payer is not None:
            out.print(f"{escape(self.payer.label)} does not ask for the assistant modifier.")


def _shown(number: int | None) -> str:
    return "?" if number is None else str(number)
