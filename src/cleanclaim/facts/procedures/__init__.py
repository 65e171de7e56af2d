"""Facts about procedure codes: what the reference says of a code on the date of service."""
