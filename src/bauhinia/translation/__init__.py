"""Translation as an office does it: memory, termbases, exchange formats and a reviser's checks.

No model here.
"""
