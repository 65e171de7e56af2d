"""How a therapist's claims compare with those of the other therapists at hand."""
