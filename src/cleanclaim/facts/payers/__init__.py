"""Facts about the payer: what its file says for the date of service."""
