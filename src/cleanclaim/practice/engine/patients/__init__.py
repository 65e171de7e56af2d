"""What patients and the front desk need: readiness, eligibility, estimates, notices, statements."""
