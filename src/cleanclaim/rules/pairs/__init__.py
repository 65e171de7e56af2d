"""Two codes of one patient, day and provider that a payer does not pay side by side."""
