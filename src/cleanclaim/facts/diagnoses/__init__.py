"""Facts about diagnoses: what each is on the date of service, how they stand together, and which lines use them."""
