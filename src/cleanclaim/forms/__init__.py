"""Paper: the CMS-1500 (02/12) claim form and the superbill, as PDF.

`cms1500` fills and prints the claim form, on pre-printed sheets or as a plain copy of our own drawing; `superbill`
makes the page that a patient sends to a plan. Forms know records and nothing of rules, prices or payers' policies.
"""
