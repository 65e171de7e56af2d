"""The figures of a clinic's money: each with a published definition, computed from the ledger and the answers."""
