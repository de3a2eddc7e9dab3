"""Any backend as an OpenAI-compatible endpoint on this machine's loopback address.

fields, content, data_uri, sampling, tools, request   JSON of a client -> `ChatRequest`; pure
completion                                            events of an answer -> JSON; pure
pictures                                              decodes a stranger's picture in the converter process
gate                                                  who may come in: Host, Origin, token
desk                                                  one answer at a time, a short queue
chat, app, server                                     Starlette and uvicorn, imported only when a server starts
"""
