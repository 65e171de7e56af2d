"""Rules about dates: filed in time, after the visit, while the coverage is in force."""
