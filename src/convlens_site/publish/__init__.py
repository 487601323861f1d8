"""The steps between a built page and its reader: MkDocs calls `hooks`, and each other module does one thing."""
