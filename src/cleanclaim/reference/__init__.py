"""Dated, cited values and tables: procedures, diagnoses, edits, fees, thresholds and payers."""
