"""The product: pure functions from facts to decisions; reads no clock, file, table or setting."""
