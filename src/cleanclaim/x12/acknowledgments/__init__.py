"""Answers to a file received: the 999 on each functional group and the TA1 on the interchange. See `acknowledge`."""

from cleanclaim.x12.acknowledgments.answer import NothingToAcknowledgeError, acknowledge
from cleanclaim.x12.acknowledgments.interchange import ta1
from cleanclaim.x12.acknowledgments.transactions import answer_group

__all__ = ["NothingToAcknowledgeError", "acknowledge", "answer_group", "ta1"]
