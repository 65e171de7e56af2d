"""Facts about pair edits: whose edit it is, what separates the two lines, and whether the edition is confirmed."""
