"""The language, part by part; `scenarios.schema.scenario.Scenario` is the whole."""
