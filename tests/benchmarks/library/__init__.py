"""Libraries of many records: how fast they are taken in, looked through again, listed, searched and opened."""
