"""A note that nobody writes any more: as it was signed, with its addenda and what may still be answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from cleanclaim.practice.access import Can, ClinicRequest
from cleanclaim.practice.engine.judging.row_hints import hint_of
from cleanclaim.practice.engine.notes import note_form
from cleanclaim.practice.engine.notes.restating import OpenThing, Stated, may_answer, open_things
from cleanclaim.practice.engine.notes.signing import may_co_sign
from cleanclaim.practice.models import Visit, VisitStatus
from cleanclaim.practice.pages.notes.drafts import checked_now, page_context, panel_context
from cleanclaim.records import By, Intervention

BY_WORDS: Mapping[str, str] = {
    By.PT.value: "the therapist",
    By.PTA.value: "the assistant",
    By.TOGETHER.value: "both together",
    By.AIDE.value: "an aide",
    By.STUDENT.value: "a student",
    By.NOBODY.value: "nobody: unattended",
}
"""Who furnished something, as a form says it."""


@dataclass(slots=True)
class AnswerForm:
    """Answers as they were typed, by place and field, and what is wrong with them."""

    typed: dict[tuple[int, str], str] = field(default_factory=dict)
    because: str = ""
    problems: dict[tuple[int, str], str] = field(default_factory=dict)

    @classmethod
    def read(cls, values: QueryDict) -> AnswerForm:
        """The answers of a form: fields `code-PLACE`, `minutes-PLACE`, `by-PLACE`, and `because`."""
        form = cls(because=values.get("because", "")[:2000])
        for key in values:
            name, _, place = key.partition("-")
            text = values.get(key, "").strip()[:40]
            if name in {"code", "minutes", "by"} and place.removeprefix("-").isdecimal() and text:
                form.typed[int(place), name] = text
                if name == "minutes" and not text.isdecimal():
                    form.problems[int(place), name] = "Expected whole minutes."
        return form

    @property
    def stated(self) -> list[Stated]:
        """What is stated, by place; readable once there are no problems."""
        places = sorted({place for place, _name in self.typed})
        return [
            Stated(
                place,
                code=self.typed.get((place, "code"), "").upper(),
                minutes=int(self.typed[place, "minutes"]) if (place, "minutes") in self.typed else None,
                by=self.typed.get((place, "by"), ""),
            )
            for place in places
        ]


@dataclass(frozen=True, slots=True)
class Asked:
    """One open thing as the form shows it: what was typed, and what is wrong with it, by field."""

    thing: OpenThing
    typed: dict[str, str]
    problems: dict[str, str]


def show_locked(
    request: ClinicRequest, visit: Visit, answers: AnswerForm | None = None, status: int = 200
) -> HttpResponse:
    """The page of a note that is signed, or that this person only reads."""
    form = note_form.from_visit(visit)
    checked = checked_now(request, visit)
    context = page_context(visit, form) | panel_context(request, visit, checked, form)
    writes = request.access.may(Can.WRITE_NOTES)
    context["may_co_sign"] = writes and may_co_sign(request.access.provider, visit)
    context["may_add"] = writes and visit.status == VisitStatus.SIGNED.value
    context["addenda"] = visit.addenda.select_related("user")
    if visit.restated is not None:
        # What was signed is shown with its own hints; the check's are of what addenda state.
        signed = [Intervention.model_validate(item) for item in visit.interventions or ()]
        hints = [hint_of(done, checked.stimulation_code, visit.date_of_service) for done in signed]
        context["hinted"] = list(zip([row for row in form.rows if not row.is_empty], hints, strict=False))
    if writes and may_answer(request.access.provider, visit):
        context |= _asked(open_things(visit, checked), answers or AnswerForm())
    return render(request, "practice/notes/locked.html", context, status=status)


def _asked(things: list[OpenThing], answers: AnswerForm) -> dict[str, Any]:
    names = ("code", "minutes", "by")
    shown = [
        Asked(
            thing,
            {name: answers.typed.get((thing.place, name), "") for name in names},
            {name: answers.problems.get((thing.place, name), "") for name in names},
        )
        for thing in things
    ]
    places = {thing.place for thing in things}
    rest = [text for (place, _name), text in answers.problems.items() if place not in places]
    return {"asked": shown, "because": answers.because, "answer_problems": rest, "by_words": BY_WORDS.items()}
