"""Facts about evaluations: the level that the documented findings support."""
