"""Expressions answered by Python, for tables of a few rows.

A query costs some fifteen microseconds an expression before it looks at the first row, so one visit, which asks a
thousand expressions of one to six rows, spent its time in preparing queries. Here an expression's own tree is read
and followed, value by value. Nothing is defined a second time: a fact or rule stays the one expression it is.

Only operations whose meaning is known exactly, on types known beforehand, are followed: whatever else an expression
holds (another operation, another option of one, a new form of the tree), it is left to a query as a whole. The same
holds of values: a sum beyond its type, or letters that languages fold differently, raise `BeyondError`, and a query
answers instead. Null means unknown throughout, by Kleene's logic, as in queries.

`formula` reads the tree; `operators`, `functions`, `texts`, `days` and `groups` say what its nodes mean; `parts` is
what they share.
"""
