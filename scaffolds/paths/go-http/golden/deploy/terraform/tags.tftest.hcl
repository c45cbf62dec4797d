# terraform -chdir=deploy/terraform test

run "every_resource_says_who_pays" {
  command = plan
  variables {
    environment = "test"
    tags        = { data = "personal" }
  }
  assert {
    condition     = output.tags == { service = "goldensvc", team = "golden-team", feature = "golden-feature", environment = "test", data = "personal" }
    error_message = "A tag is missing or wrong."
  }
}

run "an_unknown_environment_is_refused" {
  command = plan
  variables {
    environment = "prod"
  }
  expect_failures = [var.environment]
}

run "who_pays_cannot_be_changed_from_outside" {
  command = plan
  variables {
    environment = "test"
    tags        = { team = "another" }
  }
  expect_failures = [var.tags]
}

run "an_empty_tag_is_refused" {
  command = plan
  variables {
    environment = "test"
    tags        = { data = " " }
  }
  expect_failures = [var.tags]
}
