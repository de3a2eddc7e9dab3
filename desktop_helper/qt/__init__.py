"""Qt adapters without widgets."""
