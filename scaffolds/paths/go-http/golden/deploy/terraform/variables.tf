variable "environment" {
  description = "Where this runs: one state, and one bill, for each."
  type        = string

  validation {
    condition     = contains(["test", "production"], var.environment)
    error_message = "The environment is test or production."
  }
}

variable "tags" {
  description = "Tags beside those that every resource must have."
  type        = map(string)
  default     = {}

  validation {
    condition     = length(setintersection(keys(var.tags), ["service", "team", "feature", "environment"])) == 0
    error_message = "service, team, feature and environment are set by this module: costs are added up by them."
  }

  validation {
    condition     = alltrue([for value in values(var.tags) : trimspace(value) != ""])
    error_message = "A tag without a value says nothing: leave it out."
  }
}
