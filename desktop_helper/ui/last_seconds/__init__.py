"""The last seconds of the screen, kept in memory: the sign that they are, and what becomes of them."""
