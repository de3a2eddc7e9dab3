"""Drawing on the frozen picture of the overlay, before it is asked about.

`marks` is the model, `tools` makes marks of what the mouse does, `canvas` paints them onto the pixels and is the only
place that does, `easel` holds what is in the hand.
"""
