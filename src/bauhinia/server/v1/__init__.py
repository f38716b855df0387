"""The OpenAI-compatible API: chat completions, embeddings, models and files, through the one door.

Bodies are checked by hand: this is the hot path. What a client sends that we do not know is ignored, but
what would change the meaning of an answer and is not done here (`n`, `logprobs`) is refused.
"""

from .faults import fault_body
from .files import FileTexts, files_router
from .routes import v1_router

__all__ = ["FileTexts", "fault_body", "files_router", "v1_router"]
