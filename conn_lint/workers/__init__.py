"""Units of work outside a request: where they start, what they touch, what they close."""
