"""What recordings used, and what that costs: from interactions to records, from records to totals."""
