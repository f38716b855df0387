"""Pages, the JSON API and the OpenAI-compatible API."""
