"""Recording the screen: the frame around what is recorded, the bar beside it, and what becomes of the video."""
