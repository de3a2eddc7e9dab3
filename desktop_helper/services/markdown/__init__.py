"""Markdown to tokens, by the rules that hold wherever an answer is shown: no HTML, and only harmless links."""
