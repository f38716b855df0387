"""The foundry: a regional model by full-parameter tuning, from corpus to signed release."""
