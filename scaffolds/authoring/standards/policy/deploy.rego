# What every object that is deployed must have. Conftest reads the same file:
#
#   kustomize build OVERLAY | conftest test --combine --policy scaffolds/authoring/standards/policy -
#
# Combined, because some rules are about two objects.
package main

objects contains document.contents if some document in input

deployments contains o if {
	some o in objects
	o.kind == "Deployment"
}

containers contains {"deployment": deployment.metadata.name, "container": container, "pod": deployment.spec.template.spec} if {
	some deployment in deployments
	some container in deployment.spec.template.spec.containers
}

# Who pays, and where it runs.
mandatory := {"service", "team", "feature", "environment"}

deny contains sprintf("%s %s has no label %s", [o.kind, o.metadata.name, label]) if {
	some o in objects
	some label in mandatory
	object.get(o.metadata, ["labels", label], "") == ""
}

deny contains sprintf("pods of %s have no label %s", [deployment.metadata.name, label]) if {
	some deployment in deployments
	some label in mandatory
	object.get(deployment.spec.template.metadata, ["labels", label], "") == ""
}

# What runs is known: a digest, or a tag that says which.
deny contains sprintf("%s runs the image %s, which may be another one tomorrow", [c.deployment, c.container.image]) if {
	some c in containers
	not contains(c.container.image, "@sha256:")
	not regex.match(`:[A-Za-z0-9_][A-Za-z0-9_.-]*$`, c.container.image)
}

deny contains sprintf("%s runs the image %s, which may be another one tomorrow", [c.deployment, c.container.image]) if {
	some c in containers
	endswith(c.container.image, ":latest")
}

# What it takes from its node is known.
deny contains sprintf("%s has no %s", [c.deployment, concat(".", path)]) if {
	some c in containers
	some path in [["requests", "cpu"], ["requests", "memory"], ["limits", "memory"]]
	object.get(c.container, array.concat(["resources"], path), null) == null
}

# Who breaks in gets little.
setting(c, name) := value if {
	value := c.container.securityContext[name]
} else := c.pod.securityContext[name]

deny contains sprintf("%s may run as root", [c.deployment]) if {
	some c in containers
	not setting(c, "runAsNonRoot") == true
}

deny contains sprintf("%s may write where its program is", [c.deployment]) if {
	some c in containers
	not setting(c, "readOnlyRootFilesystem") == true
}

deny contains sprintf("%s may get more rights than it starts with", [c.deployment]) if {
	some c in containers
	not setting(c, "allowPrivilegeEscalation") == false
}

deny contains sprintf("%s keeps capabilities", [c.deployment]) if {
	some c in containers
	not "ALL" in object.get(c.container, ["securityContext", "capabilities", "drop"], [])
}

deny contains sprintf("pods of %s get a token for Kubernetes' API", [deployment.metadata.name]) if {
	some deployment in deployments
	not deployment.spec.template.spec.automountServiceAccountToken == false
}

deny contains sprintf("%s has no %s", [c.deployment, probe]) if {
	some c in containers
	some probe in {"livenessProbe", "readinessProbe", "startupProbe"}
	not c.container[probe]
}

# What scales is drained a few at a time, and says whom it talks to.
deny contains sprintf("%s scales %s, which has no PodDisruptionBudget", [hpa.metadata.name, name]) if {
	some hpa in objects
	hpa.kind == "HorizontalPodAutoscaler"
	name := hpa.spec.scaleTargetRef.name
	not selected(name, "PodDisruptionBudget", ["spec", "selector", "matchLabels"])
}

deny contains sprintf("no NetworkPolicy is about %s", [deployment.metadata.name]) if {
	some deployment in deployments
	not selected(deployment.metadata.name, "NetworkPolicy", ["spec", "podSelector", "matchLabels"])
}

# selected tells whether an object of the kind selects the pods of a deployment.
selected(name, kind, path) if {
	some o in objects
	o.kind == kind
	some deployment in deployments
	deployment.metadata.name == name
	wanted := object.get(o, path, {})
	count(wanted) > 0
	every key, value in wanted {
		deployment.spec.template.metadata.labels[key] == value
	}
}
