"""Rules about prior authorization: there, in force, not used up, for these codes."""
