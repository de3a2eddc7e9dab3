"""GGUF files: what they say about themselves, and whether llama.cpp could use them.

One implementation for the worker, which loads them, and for the model store, which lists them. Nothing is loaded here.
"""
