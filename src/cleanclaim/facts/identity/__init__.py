"""Who bills, who treats, who refers, and whether their numbers are what they should be."""
