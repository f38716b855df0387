"""What a process tells about itself: metrics, traces, logs. Never what people wrote, or who they are."""

from .request import RequestNote, current, pseudonym, within_request

__all__ = ["RequestNote", "current", "pseudonym", "within_request"]
