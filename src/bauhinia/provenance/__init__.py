"""Where a file came from: labels in files, signed, and read back."""
