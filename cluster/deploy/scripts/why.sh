# Says what the agent wrote last.
why 3
