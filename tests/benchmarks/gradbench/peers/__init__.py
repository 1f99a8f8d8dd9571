"""GradBench's evals as a good user of each library writes them; each file is run in a process of its own, without the others."""
