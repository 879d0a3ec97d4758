"""The built-in local provider: an HTTP server on loopback that speaks the Images API, and paints."""
