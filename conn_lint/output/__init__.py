"""How a result is shown; one file per format. The formats know the model and nothing else."""
