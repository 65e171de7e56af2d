"""Facts about minutes and units: what was furnished, what it supports, what is billed."""
