"""How the shipped models are made, end to end: see training/README.md."""
