"""Facts about prior authorization: whether it is needed, and how much of it is used up."""
