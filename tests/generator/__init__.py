"""Made-up visits, right ones and wrong ones, written from the payers' texts and apart from the rules they test.

Nothing here imports `cleanclaim.rules`, `cleanclaim.facts`, `cleanclaim.units` or `cleanclaim.check`; only `adapter`
calls the program, as a user would.
"""
