"""Audit an archive of claims: files of any number and size in, findings by rule, payer, clinic and therapist out.

The rules are those of `cleanclaim check`, run over blocks of patients instead of single claims. An archive is cut by
patient, so that everything a rule looks at is in one block, and blocks are judged one by one, on one machine or many.
"""
