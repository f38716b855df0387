"""The database (embedded or external), its migrations, and blobs."""
