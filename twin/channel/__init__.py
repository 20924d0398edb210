"""How events travel from where they happen to the record: late, twice, not at all, or held back while a site is offline."""
