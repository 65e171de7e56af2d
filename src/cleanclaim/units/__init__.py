"""From minutes to units, and which of them carry the assistant modifier, explained.

`allocation` and `assistants` work on tables; `counting`, `judging` and `splitting` are the same for one day, with
reasons in plain words; `own_basis` counts codes whose blocks are not 15 minutes.
"""
