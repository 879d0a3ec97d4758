"""From pixels to finished rows: characters, colours, bytes, and what changed. `draw.draw` is where to begin."""
