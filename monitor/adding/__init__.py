"""Getting to know a site that nobody has declared: what `luutin new-site` proposes."""
