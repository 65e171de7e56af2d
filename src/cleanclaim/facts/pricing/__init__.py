"""Facts about money: what each line is allowed and who should pay it."""
