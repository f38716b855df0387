"""A reviser's checks of a translated segment, each one a small function; all of them in reading order.

`CHECKS` are of one segment; `check_consistency` is of a whole document.
"""

from collections.abc import Mapping

from ...language import Variety
from .consistency import check_consistency
from .fault import Check, Context, Fault
from .figures import check_dates, check_money, check_numbers, check_references
from .marks import check_brackets, check_ending, check_punctuation
from .names import bodies, check_addresses, check_names
from .omissions import check_length, check_meaning
from .script import check_language, check_repeated, check_script, check_untranslated, check_usage
from .tags import check_tags
from .terms import check_terms

__all__ = ["CHECKS", "Check", "Context", "Fault", "bodies", "check_consistency", "check_segment"]

CHECKS: Mapping[str, Check] = {
    "language": check_language,
    "script": check_script,
    "usage": check_usage,
    "untranslated": check_untranslated,
    "repeated": check_repeated,
    "numbers": check_numbers,
    "dates": check_dates,
    "money": check_money,
    "references": check_references,
    "addresses": check_addresses,
    "terms": check_terms,
    "names": check_names,
    "length": check_length,
    "meaning": check_meaning,
    "brackets": check_brackets,
    "punctuation": check_punctuation,
    "ending": check_ending,
    "tags": check_tags,
}


def check_segment(
    source: str, target: str, to: Variety, context: Context, names: tuple[str, ...] = tuple(CHECKS)
) -> list[Fault]:
    """Everything that the named checks find, in their order."""
    return [fault for name in names for fault in CHECKS[name](source, target, to, context)]
