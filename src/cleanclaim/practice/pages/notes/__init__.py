"""The visit note: what was done, checked while it is written; signing, addenda, and starting a note."""

from __future__ import annotations

from django.urls import URLPattern, path

from cleanclaim.practice.pages.notes import acting, pickers, signing, starting, writing

urlpatterns: list[URLPattern] = [
    path("visits/<uuid:visit>/", writing.note, name="note"),
    path("visits/<uuid:visit>/check/", writing.check_note, name="note_check"),
    path("visits/<uuid:visit>/take-over/", acting.take_over, name="note_take_over"),
    path("visits/<uuid:visit>/propose/", acting.propose, name="note_propose"),
    path("visits/<uuid:visit>/attest/", acting.attest, name="note_attest"),
    path("visits/<uuid:visit>/prefer/", acting.prefer, name="note_prefer"),
    path("visits/<uuid:visit>/sign/", signing.sign_note, name="note_sign"),
    path("visits/<uuid:visit>/co-sign/", signing.co_sign_note, name="note_co_sign"),
    path("visits/<uuid:visit>/addenda/", signing.add_to_note, name="note_addendum"),
    path("visits/<uuid:visit>/answers/", signing.answer_note, name="note_answer"),
    path("diagnoses/", pickers.find_diagnoses, name="note_diagnoses"),
    path("appointments/<uuid:appointment>/note/", starting.start_note, name="note_start"),
    path("patients/<uuid:patient>/note/", starting.start_unplanned, name="note_start_unplanned"),
]
