"""Markdown that grows: split into finished blocks and an open tail, written into one QTextDocument."""
