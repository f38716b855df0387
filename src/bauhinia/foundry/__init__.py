"""The foundry: a regional model by full-parameter tuning, from corpus to signed release.

A recipe (`recipe.py`) names stages; a run (`run.py`) does them in a folder, each in its own module, and each
meets the others through files alone.
"""
