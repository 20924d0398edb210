"""Stocktwin's dashboard. The application itself comes with its own issue."""
