"""Items that wait for a person: made, settled and counted; and the clinic's own rules of following up."""
