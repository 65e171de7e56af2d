"""Facts about the yearly therapy threshold: its amounts, and where a line stands against them."""
