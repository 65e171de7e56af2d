"""The ledger in the database: transactions, patients' accounts, and what stands open, to whom."""
