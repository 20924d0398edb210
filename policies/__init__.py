"""What to do: the rules that decide, pure and importable alone.

A policy sees the record and nothing else. It reads no clock, draws no random number, does no input or output,
and gives the same decision bit for bit wherever it runs.
"""
