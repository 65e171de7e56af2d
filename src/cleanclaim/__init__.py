"""Open-source billing for physical therapy in the USA: visit notes in, clean claims out."""

__version__ = "0.1.0"
