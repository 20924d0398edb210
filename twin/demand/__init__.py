"""Who wants what, when: streams of demand, generated in keyed blocks or replayed as recorded."""
