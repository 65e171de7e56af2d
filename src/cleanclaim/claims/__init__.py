"""From claims to what is filed: split, replace, void, number, and set aside what cannot go."""

from cleanclaim.claims.control_numbers import load_control_numbers, save_control_numbers
from cleanclaim.claims.splitting import ClaimSplitError, replacement_of, split_claim, void_of
from cleanclaim.claims.validity import Sorted, Unfit, sort_claims

__all__ = [
    "ClaimSplitError",
    "Sorted",
    "Unfit",
    "load_control_numbers",
    "replacement_of",
    "save_control_numbers",
    "sort_claims",
    "split_claim",
    "void_of",
]
