"""Reading a question: its day, its places, its numbers, and which tool they are for."""
