"""How the five replica sites look: one module per CMS family over one way of answering."""
