"""`python -m bauhinia.chat.questions`: writes `questions.jsonl` anew."""

from .making import write

if __name__ == "__main__":
    write()
