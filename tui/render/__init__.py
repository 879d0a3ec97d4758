"""From an image file to cells. Decoding happens in a child process. No Textual."""
