"""What the words mean: models, requests, prices, events, names, text, configuration. Standard library only."""
