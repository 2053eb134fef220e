"""newsbeam's pipelines: wiring, settings and the command line."""
