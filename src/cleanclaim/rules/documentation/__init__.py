"""Rules about the note: what it must say, who must sign it and when."""
