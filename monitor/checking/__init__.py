"""Looking at a site whose declaration may be wrong: what `luutin check-site` finds, field by field."""
