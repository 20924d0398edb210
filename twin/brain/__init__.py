"""The record, the policies and the loop between them: production code. It never sees the truth and knows no mode."""
