"""A typed client of the practice's HTTP API, and the documents that both sides speak in."""
