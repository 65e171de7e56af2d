"""What the payers before the one billed have decided."""
