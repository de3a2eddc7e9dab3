"""Conversations from files: our own exported ones, and the database of the program before this one."""
