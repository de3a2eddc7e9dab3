"""Which pages of a document a question is about: a window with small pictures of them."""
