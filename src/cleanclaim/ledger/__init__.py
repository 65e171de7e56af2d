"""The ledger: double entry in whole cents, written once and never changed.

For every line at every moment: charge = paid by payers + paid by the patient + contractual + written off + open to
payers + open to the patient. `entries` refuses what does not balance, `posting` says what each thing that happens
writes, `book` adds it up and verifies it.
"""
