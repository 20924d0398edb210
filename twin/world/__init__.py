"""What is physically there, and what happens to it: the only part that knows the truth."""
