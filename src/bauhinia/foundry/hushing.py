"""Libraries that talk to the terminal are asked not to: a run's progress is told once, by its report."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from io import StringIO


@contextmanager
def quiet() -> Iterator[None]:
    """Transformers logs no warnings and shows no bars inside, not even those that ignore its switch."""
    from transformers.utils import logging

    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        with redirect_stderr(StringIO()):
            yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()


def no_bars() -> None:
    """Transformers, where it is loaded, shows no bars from now on: each part may have asked for them."""
    if "transformers" in sys.modules:
        from transformers.utils import logging

        logging.disable_progress_bar()
