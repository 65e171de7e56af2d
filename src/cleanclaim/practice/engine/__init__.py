"""What the practice does with its rows, by asking the engine: nothing of billing is decided here.

    judging     rows as records, what they are judged in the light of, and what the engine says, as rows
    worklist    items that wait for a person, and the clinic's own rules of following up
    ledger      the ledger in the database: transactions, patients' accounts, what stands open
    jobs        work behind the page in pieces that are resumed: imports, a clinic packed and unpacked
    claims      claims built, fixed, filed, and the files they leave in
    notes       notes while they are written, signed and added to
    follow_up   what payers refused, cut or took back: letters, balances, refunds, what is learned from it
    payments    payers' payments posted, held, placed and undone
    exchange    files sent and fetched, answers put where they belong, questions to payers
    patients    readiness, eligibility, estimates and notices, statements
    books       deposits, the bank's list, day sheets, closing, invoices
    figures     the clinic's figures and what is behind each

Later ones use earlier ones, never the other way round; `./dev check` holds it.
"""
