"""Claims built from signed visits, checked again, fixed, filed, replaced, and the files they leave in."""
