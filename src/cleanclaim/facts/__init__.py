"""Facts: the columns that stages add to the tables, computed once, from what is known.

One file per fact or stage; `catalogue` finds them, `plan` orders those that a set of rules needs, and
`workspace` computes them.
"""
