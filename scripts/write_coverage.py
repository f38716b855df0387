#!/usr/bin/env python
"""Write the coverage table of docs/documents.md, as the probes of tests/documents measure it.

python scripts/write_coverage.py           write it
python scripts/write_coverage.py --check   fail where the page does not say what the probes say
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "documents"))

from coverage_table import main

if __name__ == "__main__":
    sys.exit(main())
