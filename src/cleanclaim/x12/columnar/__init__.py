"""X12 of any size as columns: numpy offsets, Polars tables, the untouched bytes beside them."""

from cleanclaim.x12.columnar.tokens import Tokens, readable, tag, tag_name, tokenize

__all__ = ["Tokens", "readable", "tag", "tag_name", "tokenize"]
