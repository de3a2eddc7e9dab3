"""Desktop Helper: an assistant in the tray that looks at your screen and your files and answers."""

__version__ = "0.1.0"
