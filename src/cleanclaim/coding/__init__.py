"""From words and findings to codes: what a note says was done, which code that is, and what must be asked.

`suggest` takes a phrase, `read_note` a whole note, `evaluation_level` the findings of an evaluation. This package
never sees a price, so no suggestion can follow the money.
"""

from cleanclaim.coding.answers import CodeSuggestion, Evidence, MustAsk, NotBillable, Reason, Suggestions
from cleanclaim.coding.evaluation import EvaluationLevel, EvaluationReading, evaluation_level, read_evaluation
from cleanclaim.coding.found import Found
from cleanclaim.coding.note_reading import read_note
from cleanclaim.coding.reading import (
    EncounterHint,
    LeftOut,
    ListedCode,
    Mention,
    NoteReading,
    SharedMinutes,
    WhyLeftOut,
)
from cleanclaim.coding.suggest import suggest, warm

__all__ = [
    "CodeSuggestion",
    "EncounterHint",
    "EvaluationLevel",
    "EvaluationReading",
    "Evidence",
    "Found",
    "LeftOut",
    "ListedCode",
    "Mention",
    "MustAsk",
    "NotBillable",
    "NoteReading",
    "Reason",
    "SharedMinutes",
    "Suggestions",
    "WhyLeftOut",
    "evaluation_level",
    "read_evaluation",
    "read_note",
    "suggest",
    "warm",
]
