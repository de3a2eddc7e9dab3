"""Kinds of files: one module each, ending in `HANDLER`."""
