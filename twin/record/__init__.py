"""What the systems believe, built from events that come late, twice, out of order or never. Runs in production as it is."""
