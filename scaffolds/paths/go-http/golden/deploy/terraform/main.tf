# What this service needs beside the cluster: databases, queues, buckets.
#
# Every resource carries local.tags, or nobody knows whose costs they are. Most
# providers do that by themselves when they are told once, for example
#
#   provider "aws" {
#     default_tags { tags = local.tags }
#   }

locals {
  tags = merge(var.tags, {
    service     = "goldensvc"
    team        = "golden-team"
    feature     = "golden-feature"
    environment = var.environment
  })
}
