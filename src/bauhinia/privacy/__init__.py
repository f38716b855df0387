"""Find personal data; hide it behind pseudonyms; restore it."""
