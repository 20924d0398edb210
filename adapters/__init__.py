"""Stocktwin's outside: sources and sinks of events, one a module.

Files now; brokers, databases and message formats come with their own issues.
"""
