"""Runs a GGUF file by llama.cpp, in a child process of its own or, for training, in this one.

``client`` is what the integration uses: it keeps a child alive that holds the model. ``model`` is
the model itself. Neither Home Assistant nor ``core`` is imported here: prompts and grammars come as
plain data. Nothing is imported by this module, so that the child loads no more than it needs.
"""
