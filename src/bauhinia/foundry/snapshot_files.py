"""Files of a snapshot of preference data from use, for those who write it and those who read it."""

PAIRS, LABELS = "preferences.jsonl", "labels.jsonl"
MANIFEST, WITHDRAWN = "manifest.json", "withdrawn.json"
MARKER = "SNAPSHOT.json"
"""Written last."""
