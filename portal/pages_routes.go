package portal

import "github.com/labstack/echo/v4"

// pageRoutes lists every address of the portal for people.
func pageRoutes(g *echo.Group, p *pages) {
	g.GET("/", p.showHome)

	g.GET("/catalog", p.listEntities)
	g.GET("/catalog/:kind/:namespace/:name", p.ofEntity(p.showOverview))
	g.GET("/catalog/:kind/:namespace/:name/api", p.ofEntity(p.showAPI))
	g.GET("/catalog/:kind/:namespace/:name/definition", p.ofEntity(p.showDefinition))
	g.GET("/catalog/:kind/:namespace/:name/contracts", p.ofEntity(p.showEntityContracts))
	g.GET("/catalog/:kind/:namespace/:name/dependencies", p.ofEntity(p.showDependencies))
	g.GET("/catalog/:kind/:namespace/:name/runs", p.ofEntity(p.showEntityRuns))
	g.GET("/catalog/:kind/:namespace/:name/history", p.ofEntity(p.showHistory))
	g.GET("/catalog/:kind/:namespace/:name/source", p.ofEntity(p.showSource))

	g.GET("/contracts", p.listContracts)
	g.GET("/contracts/ignore-rules", p.listIgnoreRules)
	g.GET("/contracts/:consumer/:provider", p.showPair)

	g.GET("/create", p.listPaths)
	g.GET("/create/:path", p.showCreate)
	g.POST("/create/:path/check", p.checkCreate)
	g.GET("/create/:path/preview", p.previewCreate)
	g.POST("/create/:path", p.submitCreate)

	g.GET("/runs", p.listRuns)
	g.GET("/runs/:id", p.showRun)
	g.GET("/runs/:id/events", p.watchRun)
	g.POST("/runs/:id/retry", p.retryRun)
	g.POST("/runs/:id/undo", p.undoRun)
	g.POST("/runs/:id/cancel", p.cancelRun)

	g.GET("/admin", p.showAdmin)
	g.GET("/admin/locations", p.listLocations)
	g.POST("/admin/locations", p.registerLocation)
	g.POST("/admin/locations/:id/refresh", p.refreshLocation)
	g.POST("/admin/locations/:id/schedule", p.scheduleLocation)
	g.POST("/admin/locations/:id/remove", p.removeLocation)
	g.GET("/admin/catalog", p.showReading)
	g.GET("/admin/tokens", p.listTokens)
	g.POST("/admin/tokens", p.createToken)
	g.POST("/admin/tokens/:id/revoke", p.revokeToken)
	g.GET("/admin/audit", p.listAudit)

	g.GET("/palette", p.searchPalette)
	g.POST("/preferences", p.savePreferences)
}

// publicRoutes lists what is answered before anybody has said who they are.
func publicRoutes(g *echo.Group, p *pages) {
	g.GET("/static/*", p.serveAsset)
	g.GET("/favicon.ico", p.serveFavicon)
	g.GET("/login", p.showLogin)
	g.POST("/login", p.submitLogin)
	g.POST("/logout", p.submitLogout)
}
