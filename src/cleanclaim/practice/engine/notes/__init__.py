"""Notes while they are written, what their words leave open, signing, and what is added afterwards."""
