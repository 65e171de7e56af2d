"""The files that CMS, CDC, NUCC and X12 publish: recognized, checked, kept by edition, and chosen among.

    load.load_files([path, …])      recognize, read, check and keep; nothing changes where a file is refused
    editions.current()              the editions that the look-ups answer from
    editions.using(chosen)          answer from other editions for a while: last quarter's, or none
    difference.compare(old, new)    codes, pairs and amounts that were added, deleted or changed

One module reads one kind of file; `kinds` names them. What a kind switches on stands in `docs/reference-files.md`.
"""
