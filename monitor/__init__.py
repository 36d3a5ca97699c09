"""What happens over nights, and what readers see of it."""
