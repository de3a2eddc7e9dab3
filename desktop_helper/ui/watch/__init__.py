"""Watching a region of the screen: what is asked when, the frame and the bar, and what ends it."""
