"""The local engine: our own loop over llama.cpp's low-level API. Lives in the model worker (docs/adr/013).

A question takes this way: `prompt` turns messages into pieces of text and pictures, `entries` are what the model reads,
`memory` finds what the model has read already, `reading` reads the rest, `generation` writes the answer.
"""
