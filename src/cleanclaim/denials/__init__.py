"""What payers refused or cut: why, whose it is to mend, how, by when, and what it is worth to try."""
