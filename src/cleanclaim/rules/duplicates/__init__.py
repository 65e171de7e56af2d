"""The same service billed twice, on one claim or on two."""
