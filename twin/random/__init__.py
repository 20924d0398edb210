"""Random numbers keyed by what they are for, so that a change of policy leaves every other draw as it was."""
