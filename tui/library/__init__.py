"""What has been made: files, records, the index. No Textual."""
