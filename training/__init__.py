"""Trains the practice model: a very small model of the GLM-4V architecture. A developer's tool; see README.md."""
