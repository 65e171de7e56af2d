"""Rules about the plan of care: established, complete, certified, renewed, and reported on."""
