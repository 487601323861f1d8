"""The npm packages of the build: the notebook's editor, and the formatter of our JavaScript and style sheets."""
