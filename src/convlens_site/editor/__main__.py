"""Make the notebook's editor."""

from convlens_site.editor import main

raise SystemExit(main())
