"""Facts about filing in time."""
