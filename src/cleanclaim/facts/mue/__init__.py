"""Facts about Medicare's unit limits (medically unlikely edits)."""
