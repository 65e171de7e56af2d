"""The rule book: one file per rule, a folder per family; `kit` is what a rule is made of."""
