"""From a request to saved bytes: attempts, retries, the spool. No Textual, no PIL."""
