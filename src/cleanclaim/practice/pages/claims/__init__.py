"""Claims: the queue, one claim, fixes, building and releasing."""

from __future__ import annotations

from django.urls import URLPattern, path

from cleanclaim.practice.pages.claims import acting, bulk, claim, papers, queue

urlpatterns: list[URLPattern] = [
    path("claims/", queue.claims, name="claims"),
    path("claims/act/", bulk.claims_act, name="claims_act"),
    path("claims/build/", bulk.claims_build, name="claims_build"),
    path("claims/<uuid:key>/", claim.claim, name="claim"),
    path("claims/<uuid:key>/check/", acting.claim_check, name="claim_check"),
    path("claims/<uuid:key>/safe/", acting.claim_safe, name="claim_safe"),
    path("claims/<uuid:key>/findings/<uuid:finding>/fix/", acting.claim_fix, name="claim_fix"),
    path("claims/<uuid:key>/findings/<uuid:finding>/ignore/", acting.claim_ignore, name="claim_ignore"),
    path("claims/<uuid:key>/findings/<uuid:finding>/stand/", acting.claim_stand, name="claim_stand"),
    path("claims/<uuid:key>/answer/", acting.claim_answer, name="claim_answer"),
    path("claims/<uuid:key>/hold/", acting.claim_hold, name="claim_hold"),
    path("claims/<uuid:key>/unhold/", acting.claim_unhold, name="claim_unhold"),
    path("claims/<uuid:key>/release/", acting.claim_release, name="claim_release"),
    path("claims/<uuid:key>/patient/", acting.claim_patient, name="claim_patient"),
    path("claims/<uuid:key>/replace/", acting.claim_replace, name="claim_replace"),
    path("claims/<uuid:key>/void/", acting.claim_void, name="claim_void"),
    path("claims/<uuid:key>/drop/", acting.claim_drop, name="claim_drop"),
    path("claims/<uuid:key>/837/", papers.claim_837, name="claim_837"),
    path("claims/<uuid:key>/cms1500.pdf", papers.claim_form, name="claim_form"),
    path("claims/<uuid:key>/superbill.pdf", papers.claim_superbill, name="claim_superbill"),
]
