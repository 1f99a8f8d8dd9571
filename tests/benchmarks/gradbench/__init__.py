"""GradBench's evals (gradben.ch), written from their specifications, and its protocol: one file for each eval."""
