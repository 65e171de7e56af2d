"""Facts about the note: who signed it and when, what it states, and whether it is a copy."""
