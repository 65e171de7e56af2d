"""Minutes and units: over-billed, under-billed, and what the note must show for them."""
