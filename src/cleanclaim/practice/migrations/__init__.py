"""How the tables came to be, in one line of migrations."""
