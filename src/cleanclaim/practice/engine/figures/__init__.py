"""The clinic's figures: defined, counted in the database, and the rows behind each."""
