"""Whether people, clinic, payer and accident are named as the payer needs them."""
