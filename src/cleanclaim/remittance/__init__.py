"""What payers' answers mean: which claim and line each amount belongs to, what it becomes, and what stays unplaced.

`effects` says what an amount that was not paid becomes, `matching` finds the claim and its lines, `settling` which
payer answers and what was settled before it, `plan` makes of one
remittance what the ledger is to write: every cent of the payment is posted, held in suspense with its place and
reason, or a provider's adjustment, and together they are the payment.
"""
