"""What the build takes from npm: the notebook's editor, and the formatter of our JavaScript and style sheets."""
