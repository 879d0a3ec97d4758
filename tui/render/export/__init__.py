"""Copies of images: with their prompt inside, without anything inside, in other forms. Runs in the decoding child."""
