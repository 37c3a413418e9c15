"""What the integration, the data generator and the trainer share: home, format, grammar, parser.

Nothing in this package imports Home Assistant or torch, and it runs on Python 3.11. Inside the
integration it is imported relatively; everywhere else its name is ``home_llm_core``.
"""
