output "tags" {
  description = "What every resource is tagged with."
  value       = local.tags

  precondition {
    condition     = alltrue([for tag in ["service", "team", "feature", "environment"] : trimspace(local.tags[tag]) != ""])
    error_message = "service, team, feature and environment need values: costs are added up by them."
  }
}
