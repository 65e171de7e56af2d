"""Rules about Medicare's yearly therapy threshold and KX."""
