"""What will be sent with the next question, what it costs, and how it fits."""
