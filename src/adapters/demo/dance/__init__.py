"""A drawn couple that dances the demo library's bachata moves."""
