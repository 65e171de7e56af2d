"""Measurements that `./dev bench` prints. Figures in the docs come from here, never from a timed test."""
