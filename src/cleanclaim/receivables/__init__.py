"""What patients owe and paid: shares in plain words, statements, aging, credits, refunds and their clocks."""
