"""From an image file to pixels, in a child process with limits. `decoder.Decoder` is where to begin."""
