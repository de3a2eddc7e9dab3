"""Set-up from source. Standard library only: it runs on the bare system's Python, before anything is installed."""
