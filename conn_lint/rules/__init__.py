"""One rule a file; rules join facts and yield findings."""
