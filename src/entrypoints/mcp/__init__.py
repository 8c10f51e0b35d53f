"""Routes of the API as tools of the Model Context Protocol."""
