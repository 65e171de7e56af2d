"""Payers' payments beside their files: answers on paper, claims to next payers, what is held, what payers took back."""
