"""Rules about the level of an evaluation, and the reason for a re-evaluation."""
