"""Training of the neural pair: docs/law.md, section 11, in PyTorch."""
