"""How much a payer allows of a day, a case or a therapist."""
