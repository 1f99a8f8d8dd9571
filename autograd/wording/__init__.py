"""Words: numbers, names of nodes, steps of a pass, and a graph as a table. Every text that a person reads is made here."""
