"""Messages, events, errors and protocols: what every other package speaks. Standard library only."""
