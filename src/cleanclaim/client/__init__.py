"""A typed client of a practice's HTTP API, and the documents that both sides speak in.

It needs nothing beyond the records: the connection is the standard library's.
"""

from cleanclaim.client.connection import RefusedError, UnreachableError
from cleanclaim.client.practice import Practice

__all__ = ["Practice", "RefusedError", "UnreachableError"]
