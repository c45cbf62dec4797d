terraform {
  required_version = ">= 1.6"
  # Providers and the backend of the state come here with the first resource.
}
