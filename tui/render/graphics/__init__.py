"""Pictures as pixels, for the terminals that take them: the Kitty protocol, Sixel and iTerm2's inline images.

Pure encoders: they give text, and whoever owns the terminal writes it. `placement.Graphics` is where to begin.
"""

# The best first: plain text once the picture is sent; all colours; 256 of them.
PROTOCOLS = ("kitty", "iterm2", "sixel")
