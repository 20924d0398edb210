"""Runs: replications carried out, what they leave behind, and how they compare."""
