"""The public assistant: conversation, answers that hold, live tools, media."""
