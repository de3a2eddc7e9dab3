"""Conversations on their way to files and from files."""
