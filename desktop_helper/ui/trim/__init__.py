"""Choosing a part of a video, and how many of its frames."""
