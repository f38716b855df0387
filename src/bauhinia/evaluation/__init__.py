"""Sets, scorers and comparison of the product with its plain model."""
