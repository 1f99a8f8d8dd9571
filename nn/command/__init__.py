"""The work of the commands `stepgrad train` and `stepgrad doctor`."""
