"""`cleanclaim code`: a therapist's words, or a whole note, in; ranked codes out, with the words that spoke for each."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cleanclaim.cli.arguments import DateOption, PayerOption, PayersOption, day_of, find_payer, own_payers
from cleanclaim.cli.output import ExitCode, Format, FormatOption, out, unusable, write_json
from cleanclaim.coding import (
    CodeSuggestion,
    EvaluationLevel,
    Evidence,
    Mention,
    MustAsk,
    NotBillable,
    NoteReading,
    Suggestions,
    evaluation_level,
    read_note,
    suggest,
)
from cleanclaim.records.reading import Loaded, read_visits

EXAMPLE = 'cleanclaim code "stationary bike 10 min for quad endurance" --payer medicare_b'

_CLOSE = 0.5
"""A further code is worth its details where its score is at least this share of the first one's."""


def command(
    words: Annotated[
        list[str], typer.Argument(help="What was done, in words; or the file of a note; or - for a note from input.")
    ],
    *,
    payer: PayerOption = None,
    day: DateOption = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=20, help="How many codes to rank.")] = 3,
    payer_folder: PayersOption = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Suggest codes, or say that it is not billed, or ask what decides."""
    on = day_of(day)
    found = find_payer(payer, own_payers(payer_folder)) if payer is not None else None
    stimulation = found.setting("electrical_stimulation_code", on).value if found is not None else None
    head = {"payer": found.id if found else None, "date": on}
    text, is_note = _text(words)
    if not text.strip():
        unusable("nothing to read; expected words, a file, or - with a note on standard input")
    if is_note:
        reading = read_note(text, day=on, payer_stimulation_code=stimulation)
        level = _level(reading)
        code = _note_exit_code(reading, level)
        if format_ is Format.JSON:
            write_json("code", {"exit_code": int(code), **head, "kind": "note", **_note_json(reading, level)})
        else:
            _say_note(reading, level)
    else:
        answer = suggest(text, payer_stimulation_code=stimulation, day=on, limit=limit)
        code = ExitCode.CLEAN if isinstance(answer.answer, CodeSuggestion | NotBillable) else ExitCode.NO_DATA
        if format_ is Format.JSON:
            write_json("code", {"exit_code": int(code), **head, "kind": "phrase", **_phrase_json(answer)})
        else:
            _say_phrase(answer, on)
    raise typer.Exit(code)


# --- reading ---------------------------------------------------------------------------------------------


def _text(words: Sequence[str]) -> tuple[str, bool]:
    """The text to read, and whether it is a note: a file, standard input, or words of several lines."""
    if list(words) == ["-"]:
        return sys.stdin.read(), True
    joined = " ".join(words)
    path = Path(words[0])
    if len(words) == 1 and len(words[0]) < 1000 and "\n" not in words[0] and path.is_file():  # noqa: PLR2004 - a path
        return _note_of(path), True
    return joined, "\n" in joined.strip()


def _note_of(path: Path) -> str:
    """The note in a file: of a visit file what follows its heading, of any other the whole."""
    try:
        whole = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        unusable(f"{path}: cannot be read; expected a note as text in UTF-8")
    loaded = Loaded()
    if path.suffix == ".txt":
        read_visits([path], loaded)
    notes = [visit.note.whole() for visit in loaded.visits if visit.note is not None]
    return notes[0] if notes else whole


def _level(reading: NoteReading) -> EvaluationLevel | None:
    """The evaluation level that the note's components support; `None` where the note states none of them."""
    return evaluation_level(reading.evaluation.findings) if reading.evaluation is not None else None


def _note_exit_code(reading: NoteReading, level: EvaluationLevel | None) -> ExitCode:
    answers = [_settled(mention, level) for mention in reading.mentions]
    is_open = not answers or any(
        not isinstance(item, CodeSuggestion | NotBillable | EvaluationLevel) for item in answers
    )
    return ExitCode.NO_DATA if is_open or reading.shared_minutes else ExitCode.CLEAN


def _settled(
    mention: Mention, level: EvaluationLevel | None
) -> CodeSuggestion | NotBillable | MustAsk | EvaluationLevel | None:
    """The answer for one thing done; the components of an evaluation settle its level."""
    answer = mention.suggestions.answer
    best = mention.suggestions.best
    is_evaluation = level is not None and best is not None and best.code in {"97161", "97162", "97163"}
    if is_evaluation and level is not None and level.code is not None:
        return level
    return answer


# --- JSON ------------------------------------------------------------------------------------------------


def _phrase_json(answer: Suggestions) -> dict[str, Any]:
    return {
        "items": [_item(answer)],
        "left_out": [],
        "shared_minutes": [],
        "listed_codes": [],
        "total_timed_minutes": None,
        "total_treatment_minutes": None,
        "evaluation_level": None,
    }


def _note_json(reading: NoteReading, level: EvaluationLevel | None) -> dict[str, Any]:
    total, treatment = reading.total_timed_minutes, reading.total_treatment_minutes
    return {
        "items": [
            _item(mention.suggestions)
            | {
                "minutes": mention.minutes.value if mention.minutes else None,
                "by": mention.by.value if mention.by else None,
                "group_size": mention.group_size.value if mention.group_size else None,
            }
            for mention in reading.mentions
        ],
        "left_out": [{"text": item.what, "why": item.why} for item in reading.left_out],
        "shared_minutes": [
            {"minutes": item.minutes.value, "among": list(item.what)} for item in reading.shared_minutes
        ],
        "listed_codes": [
            {"code": item.code, "units": item.units, "minutes": item.minutes} for item in reading.listed_codes
        ],
        "total_timed_minutes": total.value if total else None,
        "total_treatment_minutes": treatment.value if treatment else None,
        "evaluation_level": None
        if level is None
        else {
            "code": level.code,
            "at_least": level.at_least,
            "at_most": level.at_most,
            "missing": list(level.missing),
            "explanation": level.explanation,
            "question": level.question,
        },
    }


def _item(answer: Suggestions) -> dict[str, Any]:
    kinds = {CodeSuggestion: "code", NotBillable: "not_billable", MustAsk: "must_ask"}
    refused, ask = answer.not_billable, answer.must_ask
    return {
        "text": answer.text,
        "answer": kinds.get(type(answer.answer), "nothing_recognized"),
        "ranked": [
            {
                "code": item.code,
                "label": item.label,
                "score": item.score,
                "evidence": [_evidence(one) for one in item.evidence],
                "why": item.why,
                "document": list(item.document),
                "question": item.question,
                "neighbor": item.neighbor,
            }
            for item in answer.ranked
        ],
        "not_billable": None
        if refused is None
        else {
            "reason": refused.reason,
            "explanation": refused.explanation,
            "evidence": [_evidence(one) for one in refused.evidence],
        },
        "must_ask": None if ask is None else {"question": ask.question, "candidates": list(ask.candidates)},
        "minutes": None,
        "by": None,
        "group_size": None,
    }


def _evidence(item: Evidence) -> dict[str, Any]:
    return {"start": item.start, "end": item.end, "text": item.text, "says": item.says}


# --- text ------------------------------------------------------------------------------------------------


def _highlighted(text: str, evidence: Sequence[Evidence]) -> Text:
    shown = Text(text)
    for item in evidence:
        shown.stylize("bold underline", item.start, item.end)
    return shown


def _say_phrase(answer: Suggestions, on: date) -> None:
    spoke = answer.not_billable.evidence if answer.not_billable else answer.best.evidence if answer.best else ()
    out.print(_highlighted(answer.text, spoke))
    match answer.answer:
        case NotBillable() as refused:
            out.print(Text.assemble("\n", ("Not billed. ", "bold"), refused.explanation))
            out.print(Text(f"Because of {_quoted(refused.evidence)}."))
            return
        case MustAsk() as ask:
            out.print(Text.assemble("\n", ("One question decides: ", "bold"), ask.question))
            out.print(Text(f"Between {', '.join(ask.candidates)}."))
        case None:
            out.print(
                Text("\nNothing is recognized. Say what was done, to which part of the body, and for what purpose.")
            )
            return
    close = [item for item in answer.ranked if item.score >= _CLOSE * answer.ranked[0].score]
    for item in close:
        _say_suggestion(item, asked=answer.must_ask.question if answer.must_ask else "")
    further = [item for item in answer.ranked if item not in close]
    if further:
        out.print(Text("\nLess likely: " + "; ".join(f"{item.code} {item.label}" for item in further), "dim"))
    out.print(Text(f"\nCodes in force on {on}. The words suggest; whoever treated decides.", "dim"))


def _quoted(evidence: Sequence[Evidence]) -> str:
    words = dict.fromkeys(f"“{item.text}”" for item in evidence)
    return ", ".join(words) or "phrases like it"


def _say_suggestion(item: CodeSuggestion, *, asked: str) -> None:
    out.print(Text.assemble("\n", (item.code, "bold"), "  ", (item.label, "bold")))
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    table.add_row("why", Text(item.why))
    table.add_row("document", Text("\n".join(f"- {one}" for one in item.document)))
    if item.question and item.question != asked:
        table.add_row("decides", Text(item.question))
    out.print(Padding(table, (0, 0, 0, 2)))


def _say_note(reading: NoteReading, level: EvaluationLevel | None) -> None:
    if reading.mentions:
        out.print(_mentions(reading, level))
    else:
        out.print(Text("The note names no service that is known here."))
    _listed("To be answered first", list(_questions(reading, level)))
    _listed("Left out", [f"{item.what.strip()}: {item.why.value}" for item in reading.left_out])
    total = reading.total_timed_minutes
    if total is not None:
        out.print(Text(f"\nThe note states {total.value} timed minutes in all."))


def _mentions(reading: NoteReading, level: EvaluationLevel | None) -> Table:
    """One row for each thing done."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("code", no_wrap=True)
    table.add_column("min", justify="right")
    table.add_column("the note says")
    table.add_column("why")
    for mention in reading.mentions:
        match _settled(mention, level):
            case EvaluationLevel() as settled:
                code, why = str(settled.code), settled.explanation
            case NotBillable() as refused:
                code, why = "none", f"not billed: {refused.explanation}"
            case CodeSuggestion() as best:
                code, why = best.code, best.why
            case MustAsk() as ask:
                code, why = "?", f"{' or '.join(ask.candidates)}: one question decides"
            case _:
                code, why = "?", "which service this was is not clear"
        minutes = str(mention.minutes.value) if mention.minutes else "?"
        said = _highlighted(mention.suggestions.text, _spoke(mention.suggestions))
        table.add_row(code, minutes, said, Text(why))
    return table


def _questions(reading: NoteReading, level: EvaluationLevel | None) -> Iterator[str]:
    """What must be answered before the note can be billed, each with the words it is about."""
    for mention in reading.mentions:
        ask = _settled(mention, level)
        if isinstance(ask, MustAsk):
            yield f"{ask.question} ({mention.what.strip()})"
    for shared in reading.shared_minutes:
        among = "; ".join(words.strip() for words in shared.what)
        yield f"How do the {shared.minutes.value} minutes divide among these services? ({among})"
    if level is not None and level.code is None:
        yield f"{level.question} (the evaluation)"


def _listed(heading: str, items: Sequence[str]) -> None:
    if items:
        out.print(Text(f"\n{heading}", "bold"))
        for item in items:
            out.print(Text(f"- {item}"))


def _spoke(answer: Suggestions) -> Sequence[Evidence]:
    if answer.not_billable is not None:
        return answer.not_billable.evidence
    return answer.best.evidence if answer.best is not None else ()
