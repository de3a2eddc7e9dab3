"""Documents larger than what a model reads: an index of their pages, and which of them a question is about.

`page_index` is one document's index, `words` makes search words of a question, `library` keeps the indexes and knows
where the files are, `choice` chooses pages within a budget, `chooser` puts them into the question, and `subject` is
what tools may ask for. docs/adr/034-larger-than-the-context.md says why.
"""
