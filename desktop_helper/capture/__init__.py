"""Ways to look at the screen that need no Qt: one module each, ending in `SOURCE`."""
