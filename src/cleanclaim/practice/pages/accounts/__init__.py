"""Patients' money and the books: accounts, receipts, statements, write-offs, refunds, deposits, day sheet, closing."""

from __future__ import annotations

from cleanclaim.practice.pages.accounts import (
    account,
    aging,
    agreements,
    bank,
    books,
    deposits,
    moves,
    receipts,
    refunds,
    rules,
    statements,
    write_offs,
)

urlpatterns = [
    *account.urlpatterns,
    *receipts.urlpatterns,
    *agreements.urlpatterns,
    *aging.urlpatterns,
    *statements.urlpatterns,
    *write_offs.urlpatterns,
    *moves.urlpatterns,
    *refunds.urlpatterns,
    *deposits.urlpatterns,
    *bank.urlpatterns,
    *books.urlpatterns,
    *rules.urlpatterns,
]
