"""Conversations as files for other programs: one module per format, each ending in `FORMAT = ExportFormat(...)`."""
