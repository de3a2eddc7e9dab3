"""Models on this machine: which there are to choose from, which are here, how they come and go."""
