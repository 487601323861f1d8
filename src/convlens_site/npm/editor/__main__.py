"""Build the notebook's editor."""

from convlens_site.npm.editor import main

raise SystemExit(main())
