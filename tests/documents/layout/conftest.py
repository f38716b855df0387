"""The makers of test files can be imported by every test here."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
