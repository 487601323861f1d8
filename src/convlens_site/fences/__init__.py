"""What each fence of a page becomes: one module per fence, named after it, and what they share."""
