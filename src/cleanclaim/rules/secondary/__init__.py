"""Rules on claims that go to a payer after another has decided."""
