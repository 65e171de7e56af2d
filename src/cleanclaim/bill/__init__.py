"""The main job: visits in, checked claims out. Pure: the clock, numbers and payer files are handed in.

`prepare` makes a visit ready (note → services → proposed lines), `job` checks the batch and sorts it, `build`
makes the claims, `output` writes the folder a clinic looks at.
"""

from cleanclaim.bill.drafts import Question
from cleanclaim.bill.job import Billed, ClaimState, bill
from cleanclaim.bill.prepare import Prepared

__all__ = ["Billed", "ClaimState", "Prepared", "Question", "bill"]
