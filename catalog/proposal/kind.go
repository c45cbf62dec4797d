package proposal

import (
	"path"
	"strings"
)

// Frameworks by what their users are: people with a browser, or other programs.
func browserFrameworks() []string {
	return []string{
		"next", "nuxt", "react-dom", "vue", "@angular/core", "svelte", "@sveltejs/kit", "astro", "gatsby", "solid-js", "preact", "@remix-run/react",
		"@docusaurus/core", "vitepress", "@11ty/eleventy",
	}
}

func serverFrameworks(file string) []string {
	switch base := path.Base(file); {
	case base == "package.json":
		return []string{
			"express", "fastify", "koa", "@nestjs/core", "@hapi/hapi", "hono", "restify", "@apollo/server", "apollo-server", "@grpc/grpc-js", "polka", "@trpc/server",
		}
	case base == "pom.xml" || strings.Contains(base, "gradle"):
		return []string{
			"spring-boot-starter-web", "spring-boot-maven-plugin", "org.springframework.boot", "quarkus", "micronaut", "dropwizard", "io.ktor", "javalin", "helidon", "jetty-server",
		}
	case base == "pyproject.toml" || base == "requirements.txt" || base == "setup.py":
		return []string{"fastapi", "flask", "django", "starlette", "tornado", "sanic", "uvicorn", "gunicorn", "litestar", "celery"}
	case base == "Cargo.toml":
		return []string{"axum", "actix-web", "rocket", "warp", "tonic", "poem"}
	case base == "Gemfile":
		return []string{"rails", "sinatra", "puma", "hanami"}
	case base == "composer.json":
		return []string{"laravel/framework", "symfony/framework-bundle", "slim/slim"}
	case base == "mix.exs":
		return []string{":phoenix"}
	case base == "build.sbt":
		return []string{"akka-http", "http4s"}
	case strings.HasSuffix(base, ".csproj"):
		return []string{"Microsoft.NET.Sdk.Web", "Microsoft.NET.Sdk.Worker"}
	}
	return nil
}

// kind tells a service from a website and a library, by what is surest first.
func (l *looker) kind(m manifest, apis []API) (kind, because string) {
	npm := m
	if path.Base(m.file) != "package.json" && l.has("package.json") {
		npm = l.readManifest("package.json")
	}
	for _, framework := range browserFrameworks() {
		if npm.needs[framework] && !npm.isLibrary {
			return "website", "package.json needs " + framework
		}
	}
	if file := l.starter(); file != "" {
		return "service", file
	}
	if file, framework := l.framework(m); framework != "" {
		return "service", file + " needs " + framework
	}
	if len(apis) > 0 {
		return "service", apis[0].File
	}
	if file := l.program(); file != "" {
		return "service", file
	}
	for _, name := range []string{"index.html", "public/index.html", "hugo.toml", "_config.yml", "docusaurus.config.js", "docusaurus.config.ts"} {
		if l.has(name) {
			return "website", name
		}
	}
	if npm.starts && !npm.isLibrary {
		return "service", "package.json says how to start it"
	}
	if language, file := l.language(); language != "" {
		return "library", "nothing starts or deploys it, and " + file + " says what it is written in"
	}
	return "service", "nothing says otherwise"
}

// starter returns a file that starts or deploys something.
func (l *looker) starter() string {
	if file := l.named("Dockerfile", "Dockerfile.*", "Containerfile"); file != "" {
		return file
	}
	if file := l.deployment(); file != "" {
		return file
	}
	for _, name := range []string{"Procfile", "fly.toml", "serverless.yml", "serverless.yaml", "render.yaml", "samconfig.toml"} {
		if l.has(name) {
			return name
		}
	}
	if file := l.named("Chart.yaml"); file != "" && !strings.Contains(l.head(file), "type: library") {
		return file
	}
	return ""
}

// framework returns the framework for servers that a manifest names.
func (l *looker) framework(m manifest) (file, framework string) {
	if path.Base(m.file) == "package.json" {
		for _, name := range serverFrameworks(m.file) {
			if m.needs[name] && !m.isLibrary {
				return m.file, name
			}
		}
		return "", ""
	}
	file, text := m.file, m.text
	if _, written := l.language(); written != file && l.has(written) || text == "" && l.has(file) { // a settings.gradle says nothing of it
		file = written
		text = l.head(file)
	}
	for _, name := range serverFrameworks(file) {
		if strings.Contains(text, name) {
			return file, name
		}
	}
	return "", ""
}

// program returns the file in which a program begins.
func (l *looker) program() string {
	for _, name := range l.files {
		switch base := path.Base(name); {
		case base == "main.go" && (name == base || strings.HasPrefix(name, "cmd/")), name == "src/main.rs", name == "manage.py", name == "Program.cs":
			return name
		}
	}
	return ""
}
