"""What patients are told before care: good faith estimates and advance notices, on their page and as lists."""

from __future__ import annotations

from django.urls import URLPattern, path

from cleanclaim.practice.pages.notices import advance, collections, estimates, listing, self_pay

urlpatterns: list[URLPattern] = [
    path("estimates/", listing.due, name="estimates_due"),
    path("estimates/given/", listing.made, name="estimates"),
    path("estimates/<uuid:key>/", estimates.estimate, name="estimate"),
    path("estimates/<uuid:key>/pdf/", estimates.paper, name="estimate_pdf"),
    path("estimates/<uuid:key>/given/", estimates.given, name="estimate_given"),
    path("patients/<uuid:key>/estimates/new/", estimates.new, name="estimate_new"),
    path("collections/", collections.collections, name="collections"),
    path("collections/place/", collections.place, name="collections_place"),
    path("collections/<uuid:key>/", collections.act, name="collections_act"),
    path("notices/", advance.listing, name="notices"),
    path("notices/<uuid:key>/", advance.notice, name="notice"),
    path("notices/<uuid:key>/entries/", advance.sheet, name="notice_sheet"),
    path("notices/<uuid:key>/signed/", advance.signed, name="notice_signed"),
    path("notices/<uuid:key>/codes/", advance.codes, name="notice_codes"),
    path("notices/<uuid:key>/withdraw/", advance.withdraw, name="notice_withdraw"),
    path("patients/<uuid:key>/notices/new/", advance.new, name="notice_new"),
    path("patients/<uuid:key>/self-pay/new/", self_pay.new, name="self_pay_new"),
    path("self-pay/<uuid:key>/withdraw/", self_pay.withdraw, name="self_pay_withdraw"),
    path("patients/<uuid:key>/estimates/asked/", estimates.asked, name="estimate_asked"),
]
