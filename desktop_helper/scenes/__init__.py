"""Which pictures of a video or of a screen matter: pure algorithms on small pictures, for files and live alike."""
