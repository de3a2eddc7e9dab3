"""Commands: one module each, ending in `COMMAND`. Never loads Qt."""
