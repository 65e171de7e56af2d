"""X12 of any size as columns: numpy offsets, Polars tables, the untouched bytes beside them.

- `tokens` finds segments, elements and components in bytes; `cutting` parts a file into blocks.
- `reader` gives tables: `read_blocks(path)` block by block, `read_tables(path)` all at once.
- `claim_tables` lays professional claims out as the rule engine's tables: `tables_of_block(block)`.
- `compiled` says when kernels do the same for large files: `scanning`, `walking` and `filling` hold them.
- Which segment fills which column is data: one map a transaction in `guides/columns` (`column_map`).
"""

from cleanclaim.x12.columnar.tokens import Tokens, readable, tag, tag_name, tokenize

__all__ = ["Tokens", "readable", "tag", "tag_name", "tokenize"]
