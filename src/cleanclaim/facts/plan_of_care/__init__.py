"""Facts about the plan of care: its deadlines, and what a claim does under it."""
