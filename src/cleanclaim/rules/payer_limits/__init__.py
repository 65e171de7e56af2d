"""What a payer limits or wants beyond Medicare: units, visits, assistants, orders, estimates."""
