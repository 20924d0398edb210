"""From a scenario to the arrays that are simulated: items, network, cells, demand, rules and opening stock."""
