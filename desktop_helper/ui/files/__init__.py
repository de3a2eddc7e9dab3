"""Which files of a folder or an archive a question is about: a window with their tree."""
