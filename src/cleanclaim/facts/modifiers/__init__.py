"""Facts about modifiers: what the line should carry, and what the published list says of what it carries."""
