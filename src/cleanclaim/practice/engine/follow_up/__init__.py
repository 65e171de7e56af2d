"""What payers refused, cut or took back: the worklist in step with it, letters, balances moved, refunds."""
