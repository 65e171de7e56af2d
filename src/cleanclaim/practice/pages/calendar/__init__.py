"""The calendar: appointments and visits, booking, no-shows, notes not signed, and imported calendars."""

from __future__ import annotations

from cleanclaim.practice.pages.calendar import booking, importing, unsigned, weeks

urlpatterns = [*weeks.urlpatterns, *booking.urlpatterns, *unsigned.urlpatterns, *importing.urlpatterns]
