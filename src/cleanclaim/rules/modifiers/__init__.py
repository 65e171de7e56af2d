"""Rules about modifiers: which a line must carry, which may not stand together, which say nothing there."""
