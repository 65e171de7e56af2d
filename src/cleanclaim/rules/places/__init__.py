"""Where the visit took place, and whether therapy is billed for there."""
