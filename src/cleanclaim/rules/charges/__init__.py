"""What is charged: below what is allowed, or not alike from line to line."""
