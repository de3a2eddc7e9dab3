"""Ways to reach a model: one module each, ending in `BACKEND`."""
