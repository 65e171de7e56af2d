"""What each line is allowed, what the payer pays of it and what is left to the patient, in exact cents.

One implementation over tables (`line_prices.price_table`) serves a single visit and an archive alike; `quote` asks
it for a few lines and unfolds every figure to the parts it was made of.
"""
