"""A brand's program: its settings, rewards, config offers and API keys."""
