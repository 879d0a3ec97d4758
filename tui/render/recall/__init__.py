"""What other programs wrote into an image about how it was made. Runs in the decoding child."""
