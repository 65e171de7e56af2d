"""Rules about procedure codes: whether the code exists on the day, and whether the payer takes it."""
