"""Files to and from the clearinghouse: the connection, what went out, what came in, which claims came back."""

from __future__ import annotations

from django.urls import URLPattern, path

from cleanclaim.practice.pages.exchange import asking, connecting, overview, receiving, rejecting, sending

urlpatterns: list[URLPattern] = [
    path("exchange/", overview.exchange, name="exchange"),
    path("exchange/now/", sending.exchange_now, name="exchange_now"),
    path("exchange/sent/<uuid:key>/", sending.transmission, name="transmission"),
    path("exchange/sent/<uuid:key>/again/", sending.transmission_send, name="transmission_send"),
    path("exchange/sent/<uuid:key>/arrived/", sending.transmission_arrived, name="transmission_arrived"),
    path("exchange/read/", receiving.received_read, name="received_read"),
    path("exchange/received/<uuid:key>/", receiving.received, name="received"),
    path("exchange/received/<uuid:key>/download/", receiving.received_download, name="received_download"),
    path("exchange/returned/", rejecting.returned, name="returned"),
    path("exchange/returned/open/", rejecting.returned_open, name="returned_open"),
    path("exchange/returned/<uuid:key>/aside/", rejecting.returned_aside, name="returned_aside"),
    path("coverages/<uuid:key>/ask/", asking.coverage_ask, name="coverage_ask"),
    path("claims/<uuid:key>/ask/", asking.claim_ask, name="claim_ask"),
    path("exchange/ask/", asking.unanswered_ask, name="unanswered_ask"),
    path("exchange/connection/", connecting.connection, name="connection"),
    path("exchange/connection/test/", connecting.connection_test, name="connection_test"),
    path("exchange/connection/trust/", connecting.connection_trust, name="connection_trust"),
]
