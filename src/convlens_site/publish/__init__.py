"""What happens to the pages on their way to the reader: `hooks` is what MkDocs calls, the other modules do one thing each."""
