"""Claim files on their way: out by folder or SFTP, once and for all, and what comes back for them."""
