"""The same core of the model in plain NumPy and in AgentPy: README.md declares it."""
