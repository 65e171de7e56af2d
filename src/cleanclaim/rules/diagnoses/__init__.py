"""Diagnoses: codes that are not in force, their order and company, their links to lines, and whether they fit."""
