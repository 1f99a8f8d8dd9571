"""GradBench's evals as a good user of each library writes them; each file stands alone, and is run in a process of its own."""
