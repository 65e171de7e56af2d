"""Files sent and fetched, answers put where they belong, and questions to payers."""
