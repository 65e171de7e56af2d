"""One therapist and one patient at a time: what the clock allows."""
