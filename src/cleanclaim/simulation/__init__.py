"""A synthetic year of a clinic, from notes to the bank: what the whole of the program does with it, and its price."""
