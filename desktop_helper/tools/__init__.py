"""Tools that the model may call: one module each, ending in `TOOL`."""
