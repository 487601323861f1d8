"""Does it hold elsewhere? Each claim of a page, tried in two frameworks, from other starts, with other optimizers and images."""
