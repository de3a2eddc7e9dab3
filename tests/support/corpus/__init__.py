"""Files as real producers write them, and what of them must be found in what would be sent.

Each module has `entries()`; `tests/unit/attachments/test_corpus.py` checks all of them, and fuzzing begins with them.
"""
