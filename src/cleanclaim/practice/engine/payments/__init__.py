"""Payers' payments in the ledger: posted whole and once, held where they do not fit, placed, undone."""
