"""The generated pages of the documentation: a page per rule, dated value, fact and procedure code, and the help.

`python -m cleanclaim.docs` writes them, `--check` says which are stale. The pages are committed, so that they can
be read and compared without running anything.
"""
