"""The calendar: appointments and visits by day and week, booking, no-shows, and notes that are not signed."""

from __future__ import annotations

from cleanclaim.practice.pages.calendar import booking, unsigned, weeks

urlpatterns = [*weeks.urlpatterns, *booking.urlpatterns, *unsigned.urlpatterns]
