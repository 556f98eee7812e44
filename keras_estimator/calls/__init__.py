"""One call of train, evaluate or predict, from the input to the result."""
