"""Follow-up: the worklist of denials, underpayments and unanswered claims; one case; letters; proposals."""

from __future__ import annotations

from django.urls import URLPattern, path

from cleanclaim.practice.pages.follow_up import acting, case, letters, proposals, rules, worklist

urlpatterns: list[URLPattern] = [
    path("follow-up/", worklist.follow_up, name="follow_up"),
    path("follow-up/act/", worklist.follow_up_act, name="follow_up_act"),
    path("follow-up/look/", worklist.follow_up_look, name="follow_up_look"),
    path("follow-up/claims/<uuid:key>/", case.follow_up_case, name="follow_up_case"),
    path("follow-up/claims/<uuid:key>/note/", acting.follow_up_note, name="follow_up_note"),
    path("follow-up/claims/<uuid:key>/correct/", acting.follow_up_correct, name="follow_up_correct"),
    path("follow-up/claims/<uuid:key>/give-up/", acting.follow_up_give_up, name="follow_up_give_up"),
    path("follow-up/claims/<uuid:key>/end/", acting.follow_up_end, name="follow_up_end"),
    path("follow-up/claims/<uuid:key>/decided/", acting.follow_up_decided, name="follow_up_decided"),
    path("follow-up/claims/<uuid:key>/received/", acting.follow_up_received, name="follow_up_received"),
    path("follow-up/claims/<uuid:key>/letter/", letters.follow_up_letter, name="follow_up_letter"),
    path("follow-up/proposals/", proposals.proposals, name="proposals"),
    path("follow-up/proposals/gather/", proposals.proposals_gather, name="proposals_gather"),
    path("follow-up/proposals/<uuid:key>/", proposals.proposal_act, name="proposal_act"),
    path("setup/follow-up/", rules.follow_up_rules, name="follow_up_rules"),
    path("follow-up/letters/<uuid:key>.pdf", letters.letter_pdf, name="letter_pdf"),
]
