"""Deposits and the bank's list, day sheets, closing, invoices, and whether the ledger holds."""
