"""Rows as records, what they are judged in the light of, and what the engine says of them, as rows."""
