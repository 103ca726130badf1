"""What the customer's pages say, one module for each language, all with the same keys."""
