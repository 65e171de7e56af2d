"""Rows of the practice made into the engine's records, and the engine's answers made into rows.

Nothing of billing is decided here: `records` maps, `setting` gathers what a check is made in the light of, `checking`
asks the engine, `building` writes its claims down.
"""
