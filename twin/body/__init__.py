"""The bodies a brain may have: where its events come from and where its decisions go. Each is wired once, here."""
