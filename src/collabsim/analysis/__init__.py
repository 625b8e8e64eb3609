"""What the runs say: each module takes numbers and returns a table, whatever ran the model."""
