"""The list of conversations at the left of the full size: pages, search, rename, pin, delete and undo."""
